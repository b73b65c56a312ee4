"""`dialerd list map`: which column of a sender's files is what, kept by name.

Not here: what a map is (domain/columnmap.py), importing by one (listimport.py).
"""

from __future__ import annotations

from pathlib import Path

import click
import tomli_w

from dialerd import bootstrap
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.domain.columnmap import ColumnMap, read_column_map
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.tomltext import read_toml
from dialerd.usecases import columnmaps


@click.group("map")
def map_group() -> None:
    """Keep mappings: which column of a file is which field of a contact."""


@map_group.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def add(context: Context, name: str, file: Path) -> None:
    """Keep the mapping of a TOML file by name; one that has the name is replaced."""
    columns = _read_file(file)
    with context.change() as unit:
        is_new = columnmaps.put_column_map(unit, name, columns, actor=context.actor, now=bootstrap.now())
    click.echo(f"mapping {name} is kept" if is_new else f"mapping {name} is unchanged")


@map_group.command()
@click.argument("name")
@with_json
@click.pass_obj
def show(context: Context, name: str) -> None:
    """Show a mapping as the TOML file that it was kept from."""
    with context.unit() as unit:
        columns = columnmaps.get_column_map(unit, name)
    context.show({"map": name, **columns.model_dump()}, lambda: _toml(columns).rstrip("\n"))


@map_group.command("list")
@with_json
@click.pass_obj
def list_maps(context: Context) -> None:
    """List the mappings."""
    with context.unit() as unit:
        found = columnmaps.list_column_maps(unit)
    context.show(
        [{"map": name, **columns.model_dump()} for name, columns in found.items()],
        lambda: simple_table(("mapping", "columns"), ((name, columns.columns) for name, columns in found.items())),
    )


@map_group.command()
@click.argument("name")
@click.pass_obj
def remove(context: Context, name: str) -> None:
    """Forget a mapping; refused while a watched folder is read by it."""
    with context.change() as unit:
        columnmaps.remove_column_map(unit, name, actor=context.actor, now=bootstrap.now())
    click.echo(f"mapping {name} is removed")


def find_column_map(context: Context, text: str) -> ColumnMap:
    """A kept mapping by its name, else a file of that name; what looks like a path is a file.

    Raises BadInputError, NotFoundError.
    """
    path = Path(text)
    if "/" in text or path.suffix == ".toml":
        return _read_file(path)
    try:
        with context.unit() as unit:
            return columnmaps.get_column_map(unit, text)
    except NotFoundError:
        if path.exists():
            return _read_file(path)
        raise


def _read_file(path: Path) -> ColumnMap:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:  # of a name that no file can have, too
        raise BadInputError(
            f"{path} cannot be used: {error}", hint="a mapping is a TOML file with a table [columns]"
        ) from error
    return read_column_map(read_toml(text, source=str(path)), source=str(path))


def _toml(columns: ColumnMap) -> str:
    facts = columns.model_dump(exclude_none=True)
    return tomli_w.dumps({**{key: facts[key] for key in facts if key != "columns"}, "columns": facts["columns"]})
