"""What an import tells while it goes on and of the rows that it cannot use: bar, report, the first lines on stderr.

Not here: the imports (listimport.py, dnc.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from dialerd.cli.context import Context, terminal
from dialerd.domain.contact import RejectedRow
from dialerd.ports import Chunk

_SHOWN = 20  # rows on a terminal
_KEPT = 1000  # rejected rows in the JSON document; --report has them all


@dataclasses.dataclass
class Tally:
    """The rejected rows: all to the report, the first kept to be shown."""

    kept: list[RejectedRow] = dataclasses.field(default_factory=list)
    report: Callable[[RejectedRow], None] | None = None

    def take(self, chunk: Chunk) -> None:
        self.kept.extend(chunk.rejected[: _KEPT - len(self.kept)])
        if self.report is not None:
            for row in chunk.rejected:
                self.report(row)

    @property
    def document(self) -> list[dict[str, object]]:
        return [dataclasses.asdict(row) for row in self.kept]

    def complain(self, rejected: int) -> None:
        """The first rows on stderr, and how many of all `rejected` are not shown."""
        for bad in self.kept[:_SHOWN]:
            where = f"{bad.column}: " if bad.column else ""
            click.echo(f"line {bad.line}: {where}{bad.value!r} {bad.reason}", err=True)
        if rejected > _SHOWN:
            click.echo(f"and {rejected - _SHOWN} more; --report FILE writes them all", err=True)


class _Sized(Protocol):
    @property
    def size(self) -> int: ...


@contextmanager
def progress(context: Context, source: _Sized) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere; to be told of the bytes read so far."""
    console = terminal(stderr=True)
    if context.as_json or not console.is_terminal:
        yield lambda position: None
        return
    columns = (TextColumn("import"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("import", total=source.size)
        yield lambda position: bar.update(task, completed=position)
