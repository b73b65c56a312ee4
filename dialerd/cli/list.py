"""`dialerd list`: contact lists and the files they are filled from.

Not here: reading CSV (adapters/files), single contacts (contact.py).
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

import click
from rich.progress import Progress
from rich.table import Table

from dialerd import bootstrap
from dialerd.cli.contact import contact_document
from dialerd.cli.context import Context, facts_table, simple_table, terminal, with_json
from dialerd.cli.filtertest import show_filter_test
from dialerd.domain.contact import Contact, RejectedRow
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.ports import ListRow
from dialerd.usecases import contacts, filters, lists

T = TypeVar("T")
_CHUNK = 500  # rows per transaction: the daemon's own writes wait for no more than this
_SHOWN = 20  # rows on a terminal
_KEPT = 1000  # rejected rows in the JSON document; --report has them all


@click.group("list")
def list_group() -> None:
    """Make contact lists and fill them from files."""


@list_group.command()
@click.argument("name")
@click.option("--region", help="Assume this region for numbers without a country code (default: that of [phone]).")
@click.pass_obj
def create(context: Context, name: str, region: str | None) -> None:
    """Make an empty list."""
    with context.change() as unit:
        lists.create_list(
            unit,
            name,
            region=region or context.settings.phone.default_region,
            actor=context.actor,
            now=bootstrap.now(),
        )
    click.echo(f"list {name} is made")


@list_group.command("test-filter")
@click.argument("name")
@click.argument("text", metavar="FILTER")
@with_json
@click.pass_obj
def test_filter(context: Context, name: str, text: str) -> None:
    """Count which contacts of a list a filter keeps and what each of its conditions removes."""
    now = bootstrap.now()
    with context.unit() as unit:
        found = filters.try_filter_of_list(unit, name, text, now.date())
    show_filter_test(context, found)


@list_group.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--map",
    "mapping_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help='Take only the columns that this TOML file names: [columns] number = "header", attribute = "header".',
)
@click.option("--region", help="Assume this region for numbers without a country code (default: the list's).")
@click.option("--dry-run", is_flag=True, help="Read and check the whole file, and add nothing.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the rejected rows to this CSV file."
)
@with_json
@click.pass_obj
def import_file(
    context: Context,
    name: str,
    file: Path,
    mapping_file: Path | None,
    region: str | None,
    dry_run: bool,
    report: Path | None,
) -> None:
    """Add the contacts of a CSV file; rows that cannot be used are reported and do not stop the rest.

    The list is made if it does not exist. Contacts that the list has already (same first number) are left out, so
    a file can be imported twice, or again after an interruption.
    """
    mapping = _read_mapping(mapping_file)
    known = _known(context, name)
    own_region = known.region if known else context.settings.phone.default_region
    used_region = lists.read_region(region) if region else own_region
    source = bootstrap.contact_file(file, region=used_region, mapping=mapping)
    if known is None and not dry_run:
        with context.change() as unit:
            lists.create_list(unit, name, region=used_region, actor=context.actor, now=bootstrap.now())
    tally = _Tally()
    rejected = _import(context, name, source, tally, file_name=file.name, dry_run=dry_run)
    if report is not None:
        columns = ("line", "column", "value", "reason")
        bootstrap.write_rows(report, columns, ((str(r.line), r.column, r.value, r.reason) for r in rejected))
    else:
        for _ in rejected:
            pass
    document = {
        "list": name,
        "file": str(file),
        "encoding": source.form.encoding,
        "delimiter": source.form.delimiter,
        "added": tally.added,
        "already_there": tally.already_there,
        "rejected": tally.rejected,
        "dry_run": dry_run,
    }
    context.show({**document, "rejected_rows": [dataclasses.asdict(r) for r in tally.kept]}, lambda: _told(document))
    if not context.as_json:
        _complain(tally)


@list_group.command()
@click.argument("name", required=False)
@with_json
@click.pass_obj
def show(context: Context, name: str | None) -> None:
    """Show one list with its first contacts, or all lists."""
    if name is None:
        with context.unit() as unit:
            rows = lists.list_lists(unit)
        context.show(
            [_document(row) for row in rows],
            lambda: simple_table(
                ("list", "region", "contacts"), ((row.name, row.region, row.contacts) for row in rows)
            ),
        )
        return
    with context.unit() as unit:
        row = lists.get_list(unit, name)
        first = lists.first_contacts(unit, row, limit=_SHOWN)
    documents = [contact_document(each) for each in first]
    context.show(
        {**_document(row), "first_contacts": documents},
        lambda: simple_table(
            ("contact", "numbers", "attributes"),
            ((each["contact_id"], each["numbers"], each["attributes"]) for each in documents),
        ),
    )


@list_group.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a list with its contacts; refused while a run uses it."""
    if not yes:
        click.confirm(f"Delete list {name} with all its contacts?", abort=True)
    with context.change() as unit:
        count = lists.delete_list(unit, name, actor=context.actor, now=bootstrap.now())
    click.echo(f"list {name} and its {count} contacts are deleted")


class _Source(Protocol):
    """A contact file as bootstrap gives it."""

    @property
    def size(self) -> int: ...
    @property
    def position(self) -> int: ...
    def rows(self) -> Iterator[Contact | RejectedRow]: ...


@dataclasses.dataclass
class _Tally:
    """What came of an import so far; of the rejected rows only the first are kept."""

    added: int = 0
    already_there: int = 0
    rejected: int = 0
    kept: list[RejectedRow] = dataclasses.field(default_factory=list)

    def reject(self, row: RejectedRow) -> RejectedRow:
        self.rejected += 1
        if len(self.kept) < _KEPT:
            self.kept.append(row)
        return row


def _import(
    context: Context, name: str, source: _Source, tally: _Tally, *, file_name: str, dry_run: bool
) -> Iterator[RejectedRow]:
    """Import while the rejected rows are taken, so that a report of millions needs no memory."""
    is_whole = False
    try:
        with _progress(context, source) as advance:
            for chunk in _chunks(source.rows(), _CHUNK):
                good = [row for row in chunk if isinstance(row, Contact)]
                if dry_run:
                    tally.added += len(good)
                elif good:
                    with context.change() as unit:
                        added, already_there = contacts.import_chunk(unit, name, good, now=bootstrap.now())
                    tally.added += added
                    tally.already_there += already_there
                yield from [tally.reject(row) for row in chunk if isinstance(row, RejectedRow)]
                advance()
        is_whole = True
    finally:
        if not dry_run:  # also after Ctrl-C: what was added stays, and the audit log must say so
            with context.change() as unit:
                contacts.import_done(
                    unit,
                    name,
                    source=file_name,
                    added=tally.added,
                    rejected=tally.rejected,
                    is_whole=is_whole,
                    actor=context.actor,
                    now=bootstrap.now(),
                )


def _chunks(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(rows, size)):
        yield chunk


@contextmanager
def _progress(context: Context, source: _Source) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, nothing elsewhere."""
    console = terminal(stderr=True)
    if context.as_json or not console.is_terminal:
        yield lambda: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("import", total=source.size)
        yield lambda: bar.update(task, completed=source.position)


def _told(document: Mapping[str, object]) -> Table:
    delimiter = document["delimiter"]
    return facts_table({**document, "delimiter": "tab" if delimiter == "\t" else delimiter})


def _complain(tally: _Tally) -> None:
    for row in tally.kept[:_SHOWN]:
        where = f"{row.column}: " if row.column else ""
        click.echo(f"line {row.line}: {where}{row.value!r} {row.reason}", err=True)
    if tally.rejected > _SHOWN:
        click.echo(f"and {tally.rejected - _SHOWN} more; --report FILE writes them all", err=True)


def _known(context: Context, name: str) -> ListRow | None:
    try:
        with context.unit() as unit:
            return lists.get_list(unit, name)
    except NotFoundError:
        return None


def _document(row: ListRow) -> dict[str, object]:
    return {"list": row.name, "region": row.region, "contacts": row.contacts, "created_at": row.created_at}


def _read_mapping(path: Path | None) -> Mapping[str, str] | None:
    if path is None:
        return None
    try:
        columns = tomllib.loads(path.read_text("utf-8")).get("columns")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(
            f"{path} cannot be used: {error}", hint="a mapping is a TOML file with a table [columns]"
        ) from error
    if not isinstance(columns, dict) or not all(isinstance(value, str) for value in columns.values()):
        raise BadInputError(f"{path} has no table [columns]", hint='write [columns] and number = "the header"')
    return columns
