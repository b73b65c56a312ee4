"""`dialerd trunk`: the ways out that the settings name.

Not here: whether one works (doctor).
"""

from __future__ import annotations

import dataclasses

import click

from dialerd.cli.context import Context, simple_table, with_json


@click.group()
def trunk() -> None:
    """Show the ways out, as the settings have them."""


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
