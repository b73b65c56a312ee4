"""A statement of adapters/sql in PostgreSQL's words.

Not here: what can be a function of PostgreSQL instead (schema/m053_functions.sql: iif, json_each, julianday and the
like), the running of it (connection.py). Only what is outside of quotes is changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dialerd.adapters.sql.connection import Parameters

# What is read as one piece: text and names in quotes, remarks, a parameter (with whether it is asked to be NULL).
_PIECE = re.compile(
    r"(?P<kept>'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|::)"
    r"|(?:\?(?P<place>\d*)|:(?P<name>[A-Za-z_]\w*))(?P<null>\s+IS\s+(?P<not>NOT\s+)?NULL\b)?"
)

_WORDS = (
    (re.compile(r"\bINDEXED BY \w+"), ""),
    (re.compile(r"\bCROSS JOIN\b"), "JOIN"),  # ours all have their ON: to SQLite it says which table is walked first
    (re.compile(r"\bIS NOT (?!NULL\b|TRUE\b|FALSE\b|DISTINCT\b)(?=\S)"), "IS DISTINCT FROM "),
    (re.compile(r"\bIS (?!NOT\b|NULL\b|TRUE\b|FALSE\b|DISTINCT\b)(?=\S)"), "IS NOT DISTINCT FROM "),
    (re.compile(r"\bAS INTEGER\)"), "AS bigint)"),
    (re.compile(r"\bCAST\(([\w.]+) AS TEXT\)"), r'(CAST(\1 AS TEXT) COLLATE "C")'),
    (re.compile(r"\bgroup_concat\("), "string_agg("),
    (re.compile(r"(?<![.:\w])(user|window)\b"), r'"\1"'),  # words of PostgreSQL's own
)
_IGNORES = re.compile(r"^\s*INSERT OR IGNORE\b")


@dataclass(frozen=True, slots=True)
class Statement:
    """`parts`: text, and between each two of them what a parameter is put for; `keys`: of the parameters $1, $2 ..."""

    parts: tuple[str | _Null, ...]
    keys: tuple[str | int, ...]

    def filled(self, parameters: Parameters) -> tuple[str, list[Any]]:
        """The text and the values in the order of $1, $2. Whether a parameter is NULL is said in the text, since
        PostgreSQL asks for the type of whatever else stands before IS NULL."""
        given = parameters if isinstance(parameters, Mapping) else dict(enumerate(parameters))
        text = "".join(
            part if isinstance(part, str) else part.said(given[part.key])  # type: ignore[index]
            for part in self.parts
        )
        return text, [given[key] for key in self.keys]  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class _Null:
    key: str | int
    is_negated: bool

    def said(self, value: object) -> str:
        return "TRUE" if (value is None) != self.is_negated else "FALSE"


@lru_cache(maxsize=2048)
def translated(sql: str) -> Statement:
    """What a statement of adapters/sql is to PostgreSQL."""
    is_ignoring = bool(_IGNORES.match(sql))
    if is_ignoring:
        sql = _IGNORES.sub("INSERT", sql)
    parts: list[str | _Null] = []
    numbers: dict[str | int, int] = {}
    at, asked = 0, 0
    loose: list[str] = []  # text since the last _Null, with holes for what is kept

    def close() -> None:
        parts.append("".join(loose))
        loose.clear()

    for found in _PIECE.finditer(sql):
        loose.append(_said(sql[at : found.start()], after=found.group()))
        at = found.end()
        if found["kept"] is not None:
            loose.append(found["kept"])
            continue
        key: str | int
        if found["name"] is not None:
            key = found["name"]
        elif found["place"]:
            key = int(found["place"]) - 1
        else:
            key, asked = asked, asked + 1
        if found["null"]:
            close()
            parts.append(_Null(key, is_negated=found["not"] is not None))
        else:
            loose.append(f"${numbers.setdefault(key, len(numbers) + 1)}")
    loose.append(_said(sql[at:], after=""))
    if is_ignoring:
        loose.append(" ON CONFLICT DO NOTHING")
    close()
    return Statement(parts=tuple(parts), keys=tuple(numbers))


def _said(text: str, *, after: str) -> str:
    """A stretch outside of quotes; `after`: what follows it, since `IS 'x'` is cut before its quote."""
    end = "\x00" if after else ""  # stands for what follows
    text += end
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    return text.removesuffix(end)


def in_order(rows: Sequence[Parameters], statement: Statement) -> list[tuple[str, list[list[Any]]]]:
    """Rows of one statement in their order, those together that are said in the same words."""
    groups: list[tuple[str, list[list[Any]]]] = []
    for row in rows:
        text, values = statement.filled(row)
        if not groups or groups[-1][0] != text:
            groups.append((text, []))
        groups[-1][1].append(values)
    return groups
