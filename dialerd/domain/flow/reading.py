"""Reading a flow's file: everything that is wrong with it at once, each complaint with its line.

Not here: what is right (nodes.py, spec.py) or wrong (check.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from dialerd.domain.errors import BadInputError
from dialerd.domain.flow.check import Complaint, complaints
from dialerd.domain.flow.lines import Path, line_of, lines_of
from dialerd.domain.flow.spec import FlowSpec
from dialerd.domain.tomltext import Spoilt, table_of

MAX_FILE = 1_000_000
"""Longest file, in characters."""


def examine(text: str) -> tuple[FlowSpec | None, tuple[Complaint, ...]]:
    """The flow (None: the file is none at all) and every complaint, in the order of their lines."""
    if len(text) > MAX_FILE:
        return None, (Complaint(1, f"the file is longer than {MAX_FILE} characters"),)
    table = table_of(text)
    if isinstance(table, Spoilt):
        return None, (Complaint(table.line, table.reason),)
    lines = lines_of(text)
    try:
        spec = FlowSpec.model_validate(table)
    except ValidationError as error:
        found = {Complaint(line_of(lines, path), said) for path, said in _of_keys(error)}
        return None, tuple(sorted(found))
    return spec, tuple(sorted(Complaint(line_of(lines, path), said) for path, said in complaints(spec)))


def read_flow(table: Mapping[str, Any], *, source: str) -> FlowSpec:
    """A flow as it is stored. Raises BadInputError naming `source` and all that is wrong."""
    try:
        spec = FlowSpec.model_validate(table)
    except ValidationError as error:
        said = "; ".join(said for _, said in _of_keys(error))
        raise BadInputError(f"{source}: {said}", hint="correct the file and apply it again") from None
    if wrong := "; ".join(said for _, said in complaints(spec)):
        raise BadInputError(f"{source}: {wrong}", hint="correct the file and apply it again")
    return spec


def _of_keys(error: ValidationError) -> list[tuple[Path, str]]:
    """Each failed check as the path of its key and a sentence; given values are not shown."""
    found = []
    for item in error.errors(include_url=False, include_input=False, include_context=True):
        path = tuple(item["loc"])
        if len(path) > 2 and path[0] == "node":
            path = (*path[:2], *path[3:])  # pydantic puts the node's kind in between
        text = item["msg"].removeprefix("Value error, ")
        match item["type"]:
            case "extra_forbidden":
                text = "unknown key"
            case "missing":
                text = "is missing"
            case "union_tag_not_found":
                path, text = (*path, "do"), "is missing"
            case "union_tag_invalid":
                path, text = (*path, "do"), f"is one of {item['ctx']['expected_tags']}"
        if path and path[-1] == "[key]":  # the key itself is wrong, not its value
            path, text = path[:-1], "is no key of a telephone: 0 to 9, * or #"
        found.append((path, f"{_spoken(path)}: {text}"))
    return found


def _spoken(path: Path) -> str:
    if len(path) >= 2 and path[0] == "node":
        rest = ".".join(map(str, path[2:]))
        return f"node {path[1]}" + (f": {rest}" if rest else "")
    return ".".join(map(str, path)) or "file"
