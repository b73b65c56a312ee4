"""`dialerd dnc`: do-not-call lists.

Not here: obeying them.
"""

from __future__ import annotations

import asyncio
import dataclasses
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.cli.rows import Tally, progress
from dialerd.domain.errors import BadInputError
from dialerd.ports import Chunk
from dialerd.usecases import dnc as use
from dialerd.usecases import dncimporting
from dialerd.usecases.importing import why_useless

_LIST = click.option(
    "--list",
    "list_name",
    default=use.GLOBAL,
    show_default=True,
    help="Use this list; the global one is obeyed by every campaign, another by those that name it.",
)


@click.group()
def dnc() -> None:
    """Keep the do-not-call lists. An entry is obeyed from the next call on, in every campaign."""


@dnc.command()
@click.argument("name")
@click.pass_obj
def create(context: Context, name: str) -> None:
    """Make a list that is obeyed by the campaigns that name it (dnc = "NAME")."""
    with context.change() as unit:
        use.create_dnc(unit, name, actor=context.actor, now=bootstrap.now())
    click.echo(f"do-not-call list {name} is made")


@dnc.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a list with its entries; refused while a campaign that obeys it is going on."""
    with context.unit() as unit:
        use.check_deletable(unit, name, bootstrap.now())
    if not yes:
        click.confirm(f"Delete do-not-call list {name} with all its entries?", abort=True)
    is_gone = False
    while not is_gone:
        with context.change() as unit:
            is_gone = use.delete_dnc(unit, name, actor=context.actor, now=bootstrap.now())
    click.echo(f"do-not-call list {name} is deleted")


@dnc.command()
@_LIST
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--source", default="cli", show_default=True, help="Keep for the record where the wish came from.")
@click.option("--days", type=click.IntRange(1, 36500), help="Forget the entry after so many days (default: never).")
@click.pass_obj
def add(context: Context, list_name: str, numbers: tuple[str, ...], source: str, days: int | None) -> None:
    """Put numbers, or e-mail addresses, on a list."""
    now = bootstrap.now()
    with context.change() as unit:
        added = use.add_to_dnc(
            unit,
            numbers,
            region=context.settings.phone.default_region,
            source=source,
            expires_at=now + timedelta(days=days) if days else None,
            actor=context.actor,
            now=now,
            list_name=list_name,
        )
    click.echo(f"{added} of {len(numbers)} numbers are new on the list {list_name}")


@dnc.command("import")
@_LIST
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--source", help="Keep for the record where the wishes came from (default: the file's name).")
@click.option("--days", type=click.IntRange(1, 36500), help="Forget the entries after so many days (default: never).")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the rejected rows to this CSV file."
)
@with_json
@click.pass_obj
def import_file(
    context: Context, list_name: str, file: Path, source: str | None, days: int | None, report: Path | None
) -> None:
    """Put the numbers of a CSV file (a column named number or phone) on a list.

    Entries are obeyed as they come in. Numbers that the list has already are left out, so a file can be imported twice,
    or again after an interruption; rows that cannot be used are reported and do not stop the rest. The exit code is 1
    when nothing of the file can be used.
    """
    wish = dncimporting.Wish(
        list_name=list_name,
        file=file.name,
        source=source or file.name,
        expires_at=bootstrap.now() + timedelta(days=days) if days else None,
        actor=context.actor,
    )
    tally = Tally()
    with ExitStack() as stack:
        if report is not None:
            tally.report = stack.enter_context(bootstrap.row_report(context.settings, report, source=file)).add
        taken = asyncio.run(_import(context, file, wish, tally))
    document = {
        "list": list_name,
        "file": str(file),
        "added": taken.added,
        "already_there": taken.already_there,
        "rejected": taken.rejected,
    }
    context.show({**document, "rejected_rows": tally.document}, lambda: _told(list_name, taken))
    if not context.as_json:
        tally.complain(taken.rejected)
    if not taken.numbers:
        raise BadInputError(f"{file}: {why_useless(taken.rejected)}; nothing is imported", hint="see the reasons")


async def _import(context: Context, file: Path, wish: dncimporting.Wish, tally: Tally) -> dncimporting.Taken:
    source = bootstrap.number_reader(file, region=context.settings.phone.default_region)
    store = bootstrap.store(context.settings)
    try:
        await source.open()
        with progress(context, source) as advance:

            async def on_chunk(chunk: Chunk, _taken: dncimporting.Taken) -> None:
                tally.take(chunk)
                advance(chunk.position)

            return await dncimporting.import_dnc(store, source, wish, now=bootstrap.now, on_chunk=on_chunk)
    finally:
        await source.close()
        await store.close()


def _told(list_name: str, taken: dncimporting.Taken) -> str:
    return f"{taken.added} numbers are new on the list {list_name}; {taken.rejected} could not be used"


@dnc.command()
@_LIST
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.pass_obj
def remove(context: Context, list_name: str, numbers: tuple[str, ...]) -> None:
    """Take numbers off a list."""
    with context.change() as unit:
        removed = use.remove_from_dnc(
            unit,
            numbers,
            region=context.settings.phone.default_region,
            actor=context.actor,
            now=bootstrap.now(),
            list_name=list_name,
        )
    click.echo(f"{removed} of {len(numbers)} numbers are taken off the list {list_name}")


@dnc.command()
@click.argument("number")
@with_json
@click.pass_obj
def check(context: Context, number: str) -> None:
    """Say which lists have a number."""
    with context.unit() as unit:
        entries = use.check_dnc(unit, number, region=context.settings.phone.default_region, now=bootstrap.now())
    context.show(
        [dataclasses.asdict(entry) for entry in entries],
        lambda: (
            simple_table(
                ("list", "source", "since", "until"),
                ((e.list_name, e.source, e.added_at, e.expires_at) for e in entries),
            )
            if entries
            else "the number is on no list"
        ),
    )


@dnc.command()
@_LIST
@click.option("--after", default="", metavar="NUMBER", help="Begin behind this one, the last that was shown.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="At most so many.")
@with_json
@click.pass_obj
def show(context: Context, list_name: str, after: str, limit: int) -> None:
    """Show what a list has, by number; those that have expired, and are obeyed no more, with them."""
    with context.unit() as unit:
        entries = use.entries_of(unit, list_name, after=after, limit=limit)
    context.show(
        [dataclasses.asdict(entry) for entry in entries],
        lambda: simple_table(
            ("number", "source", "since", "until"), ((e.number, e.source, e.added_at, e.expires_at) for e in entries)
        ),
    )


@dnc.command()
@with_json
@click.pass_obj
def lists(context: Context) -> None:
    """List the do-not-call lists and how many entries each has."""
    with context.unit() as unit:
        found = use.list_dnc(unit)
    context.show(found, lambda: simple_table(("list", "entries"), found.items()))
