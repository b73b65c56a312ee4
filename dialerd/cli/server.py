"""`dialerd server`: the Asterisk servers of the settings: how they stand, and which of them is to be left alone.

Not here: whether one can be reached (doctor).
"""

from __future__ import annotations

import dataclasses

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.usecases import servers as use


@click.group()
def server() -> None:
    """See how the Asterisk servers stand, and take one out of service."""


@server.command("list")
@with_json
@click.pass_obj
def list_servers(context: Context) -> None:
    """List the servers of the settings, as the daemon saw them last."""
    settings = context.settings
    known = [each.name for each in settings.asterisk]
    found = context.read(lambda unit: use.list_servers(unit, known=known, trunks=settings.trunks))
    context.show(
        [dataclasses.asdict(each) for each in found],
        lambda: simple_table(
            ("server", "state", "since", "calls", "trunks", "drained", "reason"),
            (
                (
                    each.server,
                    each.state,
                    each.since,
                    each.calls,
                    each.trunks,
                    f"by {each.drained_by}" if each.drained_at else "",
                    each.reason,
                )
                for each in found
            ),
        ),
    )


@server.command()
@click.argument("name")
@click.pass_obj
def drain(context: Context, name: str) -> None:
    """Begin no call at a server from now on; those that are up go on to their end."""
    known = [each.name for each in context.settings.asterisk]
    with context.change() as unit:
        is_new = use.drain_server(unit, name, known=known, actor=context.actor, now=bootstrap.now())
    click.echo(f"server {name} gets no new calls" if is_new else f"server {name} was drained already")


@server.command("use")
@click.argument("name")
@click.pass_obj
def use_again(context: Context, name: str) -> None:
    """Use a drained server again."""
    known = [each.name for each in context.settings.asterisk]
    with context.change() as unit:
        is_new = use.use_server(unit, name, known=known, actor=context.actor, now=bootstrap.now())
    click.echo(f"server {name} is used again" if is_new else f"server {name} was not drained")
