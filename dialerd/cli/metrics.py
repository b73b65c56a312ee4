"""`dialerd metrics`: what Prometheus is told, and what to watch it with.

Not here: the metrics (domain/metrics.py, served by the daemon at /metrics).
"""

from __future__ import annotations

import dataclasses
from importlib.resources import files

import click

from dialerd.cli.context import Context, simple_table, with_json
from dialerd.domain.metrics import METRICS

_DATA = files("dialerd") / "data" / "observability"


@click.group()
def metrics() -> None:
    """Explain the metrics at /metrics, and print a dashboard and alert rules for them."""


@metrics.command("list")
@with_json
@click.pass_obj
def list_command(context: Context) -> None:
    """List every metric with its kind, its labels and what it means."""
    context.show(
        [dataclasses.asdict(each) for each in METRICS.values()],
        lambda: simple_table(
            ("metric", "kind", "labels", "meaning"),
            ((each.name, each.kind, ", ".join(each.labels), each.help) for each in METRICS.values()),
        ),
    )


@metrics.command()
def dashboard() -> None:
    """Print a dashboard for Grafana: import it there, and choose the Prometheus."""
    click.echo((_DATA / "dashboard.json").read_text("utf-8"), nl=False)


@metrics.command()
def alerts() -> None:
    """Print alert rules for Prometheus, for a file that its rule_files name."""
    click.echo((_DATA / "alerts.yml").read_text("utf-8"), nl=False)
