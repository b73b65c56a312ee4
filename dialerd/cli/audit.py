"""`dialerd audit`: who changed what, and when.

Not here: writing it (each use case). It cannot be changed, only read.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, Moment, simple_table, with_json
from dialerd.usecases import auditlog as use

_STANDARD_OUTPUT = Path("-")
_ABOUT = (
    click.option("--actor", help="Only what this one did, like cli:ann or user:ann."),
    click.option("--action", help="Only this action, like campaign_applied."),
    click.option("--subject", help="Only what was done to this."),
    click.option("--since", type=Moment(), metavar="TIME", help="Only from this time on."),
    click.option("--until", type=Moment(), metavar="TIME", help="Only before this time."),
)


@click.group()
def audit() -> None:
    """Tell who changed what. The log can only be added to."""


@audit.command("list")
@_ABOUT[0]
@_ABOUT[1]
@_ABOUT[2]
@_ABOUT[3]
@_ABOUT[4]
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="At most so many.")
@with_json
@click.pass_obj
def list_audit(
    context: Context,
    actor: str | None,
    action: str | None,
    subject: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> None:
    """List what was changed, the latest first."""
    about = use.About(actor=actor, action=action, subject=subject, since=since, until=until)
    with context.unit() as unit:
        rows = use.list_audit(unit, about, limit=limit)
    context.show(
        [dataclasses.asdict(row) for row in rows],
        lambda: simple_table(
            ("at", "actor", "action", "subject", "detail"),
            ((row.at, row.actor, row.action, row.subject, json.dumps(row.detail)) for row in rows),
        ),
    )


@audit.command()
@_ABOUT[0]
@_ABOUT[1]
@_ABOUT[2]
@_ABOUT[3]
@_ABOUT[4]
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    help="Write to this CSV file; - is standard output.",
)
@click.pass_obj
def export(
    context: Context,
    actor: str | None,
    action: str | None,
    subject: str | None,
    since: datetime | None,
    until: datetime | None,
    out: Path,
) -> None:
    """Write the log to a CSV file, the latest first."""
    about = use.About(actor=actor, action=action, subject=subject, since=since, until=until)
    rows = _cells(context, about)
    if out == _STANDARD_OUTPUT:
        bootstrap.print_rows(use.COLUMNS, rows)
        return
    count = bootstrap.write_rows(context.settings, out, use.COLUMNS, rows)
    click.echo(f"{count} rows are written to {out}")


def _cells(context: Context, about: use.About) -> Iterator[tuple[str, ...]]:
    for row in use.export_audit(context.read, about):
        yield (str(row.id), row.at.isoformat(), row.actor, row.action, row.subject, json.dumps(row.detail))
