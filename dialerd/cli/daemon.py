"""`dialerd daemon`: the long-running process.

Not here: its life (dialerd/daemon.py).
"""

from __future__ import annotations

import dataclasses
import sys

import click

from dialerd import daemon as process
from dialerd import operating
from dialerd.cli.context import Context, simple_table, with_json


@click.group()
def daemon() -> None:
    """Run the process that dials, and see which of them share campaigns."""


@daemon.command()
@click.pass_obj
def run(context: Context) -> None:
    """Run in the foreground until SIGTERM or Ctrl-C; a second one does not wait for calls that are up."""
    sys.exit(process.run(*context.found))


@daemon.command()
@with_json
@click.pass_obj
def reload(context: Context) -> None:
    """Have the running daemon read its settings file again, and say what has changed and what needs a restart.

    Nothing is told to it while the file cannot be used (exit code 2).
    """
    found = operating.reload(context.settings)
    context.show({"reloaded": found.live, "needs_restart": found.restart}, lambda: operating.told(found))


@daemon.command("list")
@with_json
@click.pass_obj
def list_daemons(context: Context) -> None:
    """List the daemons that share campaigns: which one leads, the calls of each, and when its lease ends."""
    rows = context.read(lambda unit: unit.daemons.all())
    context.show(
        [dataclasses.asdict(each) for each in rows],
        lambda: (
            simple_table(
                ("daemon", "role", "at", "since", "calls", "lease"),
                (
                    (
                        each.name,
                        "leads" if each.leads else "helps",
                        each.host,
                        each.began_at,
                        each.calls,
                        f"{each.left_s:.0f} s" if each.left_s > 0 else f"over for {-each.left_s:.0f} s",
                    )
                    for each in rows
                ),
            )
            if rows
            else "no daemon shares campaigns ([database] share_as)"
        ),
    )
