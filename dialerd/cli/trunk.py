"""`dialerd trunk`: the ways out that the settings name, and how they are used now.

Not here: whether one works (doctor).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, facts_table, simple_table, with_json
from dialerd.usecases import servers as use
from dialerd.usecases.servers import TrunkStanding


@click.group()
def trunk() -> None:
    """Show the ways out, as the settings have them and as they are used now."""


@trunk.command("list")
@with_json
@click.pass_obj
def list_trunks(context: Context) -> None:
    """List the trunks and their limits."""
    trunks = list(context.settings.trunks.values())
    context.show(
        [dataclasses.asdict(each) for each in trunks],
        lambda: simple_table(
            ("trunk", "asterisk", "endpoint", "max calls", "calls/s", "caller IDs"),
            (
                (
                    each.name,
                    ", ".join(each.servers),
                    each.endpoint,
                    each.max_channels,
                    each.calls_per_second,
                    ", ".join(each.caller_ids),
                )
                for each in trunks
            ),
        ),
    )


@trunk.command()
@click.argument("name")
@with_json
@click.pass_obj
def show(context: Context, name: str) -> None:
    """Show a trunk: its limits, its calls by server, and what the daemon gives it now, and why."""
    trunks = context.settings.trunks
    document = _document(context.read(lambda unit: use.get_trunk(unit, name, trunks, bootstrap.now())))
    context.show(document, lambda: facts_table(document))


def _document(found: TrunkStanding) -> dict[str, Any]:
    return {
        **dataclasses.asdict(found.trunk),
        "calls": dict(found.calls),
        "calls_per_second_now": round(found.calls_per_second_now, 2),
        "rests_until": found.rests_until,
        "reason": found.reason,
    }
