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
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import Progress

from dialerd import bootstrap
from dialerd.cli.context import Context, facts_table, simple_table, with_json
from dialerd.domain.contact import Contact, RejectedRow
from dialerd.domain.errors import BadInputError
from dialerd.usecases import contacts, lists

T = TypeVar("T")
_CHUNK = 500  # rows per transaction: the daemon's own writes wait for no more than this
_SHOWN = 20


@click.group("list")
def list_group() -> None:
    """Contact lists."""


@list_group.command()
@click.argument("name")
@click.option("--region", help="Region of numbers without a country code (default: [phone] default_region).")
@click.pass_obj
def create(context: Context, name: str, region: str | None) -> None:
    """Make an empty list."""
    with context.unit(write=True) as unit:
        lists.create_list(
            unit,
            name,
            region=region or context.settings.phone.default_region,
            actor=context.actor,
            now=bootstrap.now(),
        )
    click.echo(f"list {name} is made")


@list_group.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--map",
    "mapping_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help='TOML file: [columns] field = "header".',
)
@click.option("--region", help="Region of numbers without a country code (default: the list's).")
@click.option("--dry-run", is_flag=True, help="Read and check the whole file, add nothing.")
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
    now = bootstrap.now()
    mapping = _read_mapping(mapping_file)
    with context.unit() as unit:
        known = unit.lists.get(name)
    used_region = region or (known.region if known else context.settings.phone.default_region)
    source = bootstrap.contact_file(file, region=used_region, mapping=mapping)
    if known is None and not dry_run:
        with context.unit(write=True) as unit:
            known = lists.create_list(unit, name, region=used_region, actor=context.actor, now=now)
    added = doubled = 0
    rejected: list[RejectedRow] = []
    with _progress(context) as advance:
        for chunk in _chunks(source.rows(), _CHUNK):
            good = [row for row in chunk if isinstance(row, Contact)]
            rejected += [row for row in chunk if isinstance(row, RejectedRow)]
            if dry_run or known is None:
                added += len(good)
            else:
                with context.unit(write=True) as unit:
                    fresh, known_already = contacts.import_chunk(unit, known, good, now=now)
                added, doubled = added + fresh, doubled + known_already
            advance(len(chunk))
    if known is not None and not dry_run:
        with context.unit(write=True) as unit:
            contacts.import_done(
                unit, known, source=file.name, added=added, rejected=len(rejected), actor=context.actor, now=now
            )
        context.poke()
    if report is not None:
        rows = [(str(row.line), row.column, row.value, row.reason) for row in rejected]
        bootstrap.write_rows(report, ("line", "column", "value", "reason"), rows)
    document = {
        "list": name,
        "file": str(file),
        "encoding": source.form.encoding,
        "delimiter": source.form.delimiter,
        "added": added,
        "already_there": doubled,
        "rejected": len(rejected),
        "dry_run": dry_run,
        "rejected_rows": [dataclasses.asdict(row) for row in rejected[:1000]],
    }
    context.show(document, lambda: facts_table({k: v for k, v in document.items() if k != "rejected_rows"}))
    if not context.as_json:
        for row in rejected[:_SHOWN]:
            click.echo(
                f"line {row.line}: {row.column + ': ' if row.column else ''}{row.value!r} {row.reason}", err=True
            )
        if len(rejected) > _SHOWN:
            click.echo(f"and {len(rejected) - _SHOWN} more; --report FILE writes them all", err=True)


@list_group.command()
@click.argument("name", required=False)
@with_json
@click.pass_obj
def show(context: Context, name: str | None) -> None:
    """Show one list with its first contacts, or all lists."""
    with context.unit() as unit:
        if name is None:
            rows = unit.lists.all()
            context.show(
                [dataclasses.asdict(row) for row in rows],
                lambda: simple_table(
                    ("list", "region", "contacts"), ((row.name, row.region, row.contacts) for row in rows)
                ),
            )
            return
        row = lists.get_list(unit, name)
        first = unit.contacts.of_list(row.id, limit=_SHOWN)
    document = {**dataclasses.asdict(row), "first_contacts": [dataclasses.asdict(each) for each in first]}
    context.show(
        document,
        lambda: simple_table(
            ("contact", "numbers", "attributes"),
            (
                (each.id, " ".join(n.e164 for n in each.contact.numbers), dict(each.contact.attributes) or "")
                for each in first
            ),
        ),
    )


@list_group.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a list with its contacts; refused while a run uses it."""
    if not yes:
        click.confirm(f"Delete list {name} with all its contacts?", abort=True)
    with context.unit(write=True) as unit:
        count = lists.delete_list(unit, name, actor=context.actor, now=bootstrap.now())
    click.echo(f"list {name} and its {count} contacts are deleted")


def _read_mapping(path: Path | None) -> Mapping[str, str] | None:
    if path is None:
        return None
    try:
        columns = tomllib.loads(path.read_text("utf-8")).get("columns")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(f"{path} cannot be used: {error}") from error
    if not isinstance(columns, dict) or not all(isinstance(value, str) for value in columns.values()):
        raise BadInputError(f"{path} has no table [columns]", hint='write [columns] and number = "the header"')
    return columns


def _chunks(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(rows, size)):
        yield chunk


@contextmanager
def _progress(context: Context) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if context.as_json or not console.is_terminal:
        yield lambda _rows: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda rows: bar.advance(task, rows)
