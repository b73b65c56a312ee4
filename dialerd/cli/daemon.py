"""`dialerd daemon`: the long-running process.

Not here: its life (dialerd/daemon.py).
"""

from __future__ import annotations

import sys

import click

from dialerd import daemon as process
from dialerd import operating
from dialerd.cli.context import Context, with_json


@click.group()
def daemon() -> None:
    """Run the process that dials."""


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
