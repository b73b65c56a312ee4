"""`dialerd list import`: a CSV file into a list, with what came of it.

Not here: reading the file (adapters/files), taking it in (usecases/importing.py), mappings (columnmap.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click
from rich.table import Table

from dialerd import bootstrap
from dialerd.cli.columnmap import find_column_map
from dialerd.cli.context import Context, facts_table, with_json
from dialerd.cli.rows import Tally, progress
from dialerd.domain.columnmap import ColumnMap, read_delimiter
from dialerd.domain.errors import BadInputError
from dialerd.ports import Chunk, Form, ImportRow, ListRow
from dialerd.usecases import importing, lists


@click.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "mapping",
    metavar="NAME|FILE",
    help='Take only the columns that this kept mapping or TOML file names: [columns] number = "header".',
)
@click.option("--delimiter", metavar="CHARACTER", help='What stands between cells, or "tab" (default: found out).')
@click.option("--region", help="Assume this region for numbers without a country code (default: the list's).")
@click.option("--dry-run", is_flag=True, help="Read and check the whole file, say what would be done, and do nothing.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the rejected rows to this CSV file."
)
@with_json
@click.pass_obj
def import_file(
    context: Context,
    name: str,
    file: Path,
    mapping: str | None,
    delimiter: str | None,
    region: str | None,
    dry_run: bool,
    report: Path | None,
) -> None:
    """Add the contacts of a CSV file; rows that cannot be used are reported and do not stop the rest.

    The list is made if it does not exist. Contacts that the list has already (same first number) are left out, so
    a file can be imported twice, or again after an interruption. The exit code is 0 when at least one row is a contact,
    1 when nothing of the file can be used; then nothing is changed.
    """
    columns = find_column_map(context, mapping) if mapping is not None else None
    with context.unit() as unit:
        known = unit.lists.get(name)
        broken_off = _broken_off(importing.last_imports(unit, name, limit=1) if known is not None else [], file)
    if known is None:
        lists.check_name(name)
    wish = importing.Wish(
        list_name=name,
        region=_region(context, region, columns, known),
        source=file.name,
        actor=context.actor,
    )
    tally = Tally()
    with ExitStack() as stack:
        if report is not None:
            tally.report = stack.enter_context(bootstrap.row_report(context.settings, report, source=file)).add
        form, row = asyncio.run(
            _import(context, file, wish, tally, columns=columns, delimiter=_delimiter(delimiter), dry_run=dry_run)
        )
    document = _document(row, form, file=file, dry_run=dry_run, makes_list=known is None)
    context.show({**document, "rejected_rows": tally.document}, lambda: _told(document))
    if not context.as_json:
        tally.complain(row.rejected)
        if broken_off is not None and not dry_run:
            click.echo(f"an earlier import of it had stopped at line {broken_off.line}", err=True)
    if not importing.is_anything(row):
        raise BadInputError(
            f"{file}: {importing.why_useless(row.rejected)}; nothing is imported", hint="see the reasons, or try --map"
        )


async def _import(
    context: Context,
    file: Path,
    wish: importing.Wish,
    tally: Tally,
    *,
    columns: ColumnMap | None,
    delimiter: str | None,
    dry_run: bool,
) -> tuple[Form, ImportRow]:
    source = bootstrap.file_reader(file, region=wish.region, columns=columns, delimiter=delimiter)
    store = bootstrap.store(context.settings)
    try:
        await source.open()
        with progress(context, source) as advance:

            async def on_chunk(chunk: Chunk, row: ImportRow) -> None:
                tally.take(chunk)
                advance(chunk.position)
                if not dry_run:
                    bootstrap.poke(context.settings)  # a run that takes in contacts as they come sees these now

            work = importing.rehearse_import if dry_run else importing.import_contacts
            row = await work(store, source, wish, now=bootstrap.now, on_chunk=on_chunk)
        return source.form, row
    finally:
        await source.close()
        await store.close()


def _document(row: ImportRow, form: Form, *, file: Path, dry_run: bool, makes_list: bool) -> dict[str, object]:
    return {
        "list": row.list_name,
        "file": str(file),
        "encoding": form.encoding,
        "delimiter": form.delimiter,
        **importing.counts(row),
        "makes_list": makes_list and importing.is_anything(row),
        "dry_run": dry_run,
    }


def _told(document: Mapping[str, object]) -> Table:
    delimiter = document["delimiter"]
    return facts_table({**document, "delimiter": "tab" if delimiter == "\t" else delimiter})


def _broken_off(last: list[ImportRow], file: Path) -> ImportRow | None:
    row = last[0] if last else None
    return row if row is not None and row.source == file.name and row.finished_at is None else None


def _region(context: Context, given: str | None, columns: ColumnMap | None, known: ListRow | None) -> str:
    asked = given or (columns.region if columns is not None else None)
    if asked:
        return lists.read_region(asked)
    return known.region if known is not None else context.settings.phone.default_region


def _delimiter(given: str | None) -> str | None:
    try:
        return None if given is None else read_delimiter(given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
