"""`dialerd daemon`: the long-running process.

Not here: its life (dialerd/daemon.py).
"""

from __future__ import annotations

import sys

import click

from dialerd import daemon as process
from dialerd.cli.context import Context


@click.group()
def daemon() -> None:
    """Run the process that dials."""


@daemon.command()
@click.pass_obj
def run(context: Context) -> None:
    """Run in the foreground until SIGTERM or Ctrl-C; a second one does not wait for calls that are up."""
    sys.exit(process.run(context.settings))
