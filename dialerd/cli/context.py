"""What every command shares: the settings, read once, and printing as a table or as JSON.

Not here: any noun.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console, RenderableType
from rich.table import Table

from dialerd import bootstrap
from dialerd.domain import tomltext
from dialerd.domain.errors import BadInputError
from dialerd.ports import Unit
from dialerd.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_WIDE = 4000  # columns, where no terminal limits them: a script must find a whole row on its line


@dataclass
class Context:
    """The object of every click context. `is_heard`: a running daemon was told of the last change."""

    config_file: str | None
    as_json: bool
    is_heard: bool = field(default=False, init=False)

    @cached_property
    def found(self) -> tuple[Path, Settings]:
        return bootstrap.settings(self.config_file)

    @property
    def settings(self) -> Settings:
        return self.found[1]

    @property
    def actor(self) -> str:
        """Who is asking, for the audit log."""
        try:
            return f"cli:{getpass.getuser()}"
        except (KeyError, OSError):  # a user id without a name, as in some containers
            return "cli"

    def unit(self) -> AbstractContextManager[Unit]:
        """A transaction that reads."""
        return bootstrap.unit(self.settings, write=False)

    def read(self, job: Callable[[Unit], T]) -> T:
        """Run a job in a transaction of its own that reads."""
        with self.unit() as unit:
            return job(unit)

    @contextmanager
    def change(self) -> Iterator[Unit]:
        """A transaction that writes; once it is committed the daemon is told to look."""
        with bootstrap.unit(self.settings, write=True) as unit:
            yield unit
        self.is_heard = bootstrap.poke(self.settings)

    def show(self, document: object, table: Callable[[], RenderableType]) -> None:
        """Print a read: the document as JSON, or the table for people."""
        if self.as_json:
            click.echo(json.dumps(document, default=_plain, ensure_ascii=False, indent=2))
            return
        made = table()
        if isinstance(made, str):
            click.echo(made)
            return
        terminal().print(made)


def read_toml(file: Path) -> dict[str, Any]:
    """The table of a file that a person wrote. Raises BadInputError naming file and place."""
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise BadInputError(f"{file} cannot be read: {error.strerror}", hint="check its name and rights") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not UTF-8 text", hint="save it as UTF-8") from error
    return tomltext.read_toml(text, source=str(file))


def terminal(*, stderr: bool = False) -> Console:
    """A console that takes text literally: data must not be read as markup or emoji."""
    console = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console


def with_json(command: F) -> F:
    """`--json` after the verb as well as before the noun."""

    def take(click_context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value:
            click_context.find_object(Context).as_json = True  # type: ignore[union-attr]  # main.py has set it

    option = click.option(
        "--json", is_flag=True, expose_value=False, callback=take, help="Print one JSON document instead of a table."
    )
    return option(command)


def simple_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_cell(cell) for cell in row))
    return table


def facts_table(facts: Mapping[str, object]) -> Table:
    """One thing as names and values."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    for name, value in facts.items():
        table.add_row(name, _cell(value))
    return table


class Moment(click.ParamType[datetime]):
    """A point in time as an option takes it."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            # Without an offset it is meant as this machine's clock shows it, as with journalctl --since.
            return datetime.fromisoformat(str(value)).astimezone()
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time: write 2026-12-01, 2026-12-01T09:00 or 2026-12-01T09:00-05:00", param, ctx)


def one_line(text: str) -> str:
    """Text without what could break a line or play with a terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_cell(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_cell(each) for each in value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return one_line(str(value))


def _plain(value: object) -> object:
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else str(value)
