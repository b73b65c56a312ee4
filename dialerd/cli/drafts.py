"""Checking and drawing the file of a flow or a strategy: both nouns do it alike.

Not here: the nouns' own verbs (flow.py, strategy.py), what is wrong with a file (usecases/drafts.py).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import click

from dialerd.cli.context import Context, one_line
from dialerd.domain.errors import BadInputError
from dialerd.domain.flow import Complaint
from dialerd.usecases import drafts as use

D = TypeVar("D")

one_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
as_mermaid = click.option("--mermaid", is_flag=True, help="Draw it for Mermaid; else for Graphviz (| dot -Tsvg).")


def check(context: Context, kind: use.Kind[D], file: Path, found: D | None, wrong: Sequence[Complaint]) -> None:
    """Show what is wrong with what was examined, as file:line, and leave with 1 where something is."""
    checked = use.checked(getattr(found, "name", None), wrong)
    told = [f"{file}:{each.line}: {one_line(each.complaint)}" for each in checked.complaints]
    if not told and found is not None:
        told = [f"{kind.noun} {checked.name}: {kind.size(found)}, nothing is wrong"]
    context.show(asdict(checked), lambda: "\n".join(told))
    if wrong:
        sys.exit(1)


def draw(context: Context, kind: use.Kind[D], name_or_file: str, *, mermaid: bool) -> None:
    """Show the graph of a file, or of what is kept under that name."""
    drawn = use.draw(kind, given(context, kind, name_or_file))
    context.show(asdict(drawn), lambda: (drawn.mermaid if mermaid else drawn.dot).rstrip("\n"))


def given(context: Context, kind: use.Kind[D], name_or_file: str) -> D:
    """What a file defines; where there is no such file, what is kept under that name."""
    file = Path(name_or_file)
    if file.suffix == ".toml" or file.is_file():
        return read(kind, file)
    with context.unit() as unit:
        return kind.kept(unit, name_or_file)


def read(kind: use.Kind[D], file: Path) -> D:
    """What a file defines that has nothing wrong. Raises BadInputError with every complaint."""
    hint = f"correct the file; dialerd {kind.noun} check FILE looks again"
    return use.read(kind, text_of(file), source=str(file), hint=hint)


def text_of(file: Path) -> str:
    """Raises BadInputError: it cannot be read, or is no text."""
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise BadInputError(f"{file} cannot be read: {error.strerror}", hint="check its name and rights") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not UTF-8 text", hint="save it as UTF-8") from error
