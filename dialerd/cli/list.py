"""`dialerd list`: contact lists.

Not here: filling them from files (listimport.py, columnmap.py), single contacts (contact.py).
"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Group

from dialerd import bootstrap
from dialerd.cli.columnmap import map_group
from dialerd.cli.contact import contact_document
from dialerd.cli.context import Context, facts_table, simple_table, with_json
from dialerd.cli.deleting import delete_by_name, yes_option
from dialerd.cli.filtertest import show_filter_test
from dialerd.cli.listimport import import_file
from dialerd.ports import ImportRow, ListRow
from dialerd.usecases import drops, filters, importing, lists

_SHOWN = 20  # contacts
_IMPORTS = 10


@click.group("list")
def list_group() -> None:
    """Make contact lists and fill them from files."""


list_group.add_command(import_file)
list_group.add_command(map_group)


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
        drop = drops.drop_of(unit, name)
        imports = [_import_document(each) for each in importing.last_imports(unit, name, limit=_IMPORTS)]
    watched = None if drop is None else {"folder": drop.folder, "map": drop.map_name}
    documents = [contact_document(each) for each in first]
    context.show(
        {**_document(row), "drop": watched, "imports": imports, "first_contacts": documents},
        lambda: Group(
            simple_table(
                ("contact", "numbers", "attributes"),
                ((each["contact_id"], each["numbers"], each["attributes"]) for each in documents),
            ),
            *(("", facts_table({"watched folder": drop.folder, "mapping": drop.map_name})) if drop is not None else ()),
            *(("", simple_table(tuple(imports[0]), (tuple(each.values()) for each in imports))) if imports else ()),
        ),
    )


@list_group.command()
@click.argument("name")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--map", "map_name", metavar="NAME", help="Read the files by this kept mapping.")
@click.option("--remove", is_flag=True, help="Stop watching; what is in the folder stays.")
@click.pass_obj
def drop(context: Context, name: str, folder: Path | None, map_name: str | None, remove: bool) -> None:
    """Have the daemon import whatever CSV file is put into FOLDER.

    A file is taken once it has not changed for five seconds; names that begin with a dot or end in .part or .tmp are
    left until they are renamed. It goes to FOLDER/taken with a report beside it, or to FOLDER/rejected with the
    reasons. A list has one folder.
    """
    if remove == (folder is not None):
        raise click.UsageError("give either a folder to watch, or --remove without one: a list has one folder")
    if folder is None:
        with context.change() as unit:
            was = drops.stop_watching(unit, name, actor=context.actor, now=bootstrap.now())
        click.echo(f"{was} is no longer watched")
        return
    path = bootstrap.check_folder(context.found, folder)
    with context.change() as unit:
        drops.watch_folder(unit, name, path, map_name=map_name, actor=context.actor, now=bootstrap.now())
    click.echo(f"files in {path} go into list {name}" + ("" if context.is_heard else "; start the daemon"))


@list_group.command()
@click.argument("name")
@yes_option
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a list with its contacts; refused while a run uses it."""
    delete_by_name(
        context,
        f"list {name}",
        yes=yes,
        look=lambda unit: lists.check_deletable(unit, name, bootstrap.now()),
        delete=lambda unit, now: lists.delete_list(unit, name, actor=context.actor, now=now),
        along=lambda row: f" with its {row.contacts} contacts",
    )


def _document(row: ListRow) -> dict[str, object]:
    return {"list": row.name, "region": row.region, "contacts": row.contacts, "created_at": row.created_at}


def _import_document(row: ImportRow) -> dict[str, object]:
    """`state` broken_off also stands for one that goes on at this moment; `updated_at` tells them apart."""
    return {
        "file": row.source,
        "state": "done" if row.finished_at is not None else "broken_off",
        "line": row.line,
        **importing.counts(row),
        "started_at": row.started_at,
        "updated_at": row.updated_at,
    }
