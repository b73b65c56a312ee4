"""Deleting by name, as every noun does: it is looked for, one is asked, and it goes, in chunks where it is long.

Not here: what may be deleted (usecases).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import click

from dialerd import bootstrap
from dialerd.cli.context import Context
from dialerd.ports import Unit

T = TypeVar("T")

yes_option = click.option("--yes", is_flag=True, help="Delete without asking.")


def delete_by_name(
    context: Context,
    what: str,
    *,
    yes: bool,
    look: Callable[[Unit], T],
    delete: Callable[[Unit, datetime], object],
    along: Callable[[T], str] = lambda _: "",
) -> None:
    """`look` raises where `what` is not there or may not go; `along` says what goes with it.

    `delete` is called until it returns anything but False, in a transaction each: long things go in short chunks.
    """
    with context.unit() as unit:
        what += along(look(unit))
    if not yes:
        click.confirm(f"Delete {what}?", abort=True)
    is_gone: object = False
    while is_gone is False:
        with context.change() as unit:
            is_gone = delete(unit, bootstrap.now())
    click.echo(f"{what} is deleted")
