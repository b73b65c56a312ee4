"""Each key of a TOML text has its line, however the text is written."""

from __future__ import annotations

import random
import string
import tomllib
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.flow.lines import line_of, lines_of

TEXT = '''\
# a comment with [brackets] = "and"
title = "x"   # tail
[a]
"b c" = 1
d.e.f = [
  1, # one
  { x = "]", y = 2 },
  [3, 4],
]
text = """
[not.a.table]
k = 1
"""
lit = \'\'\'it's # "no" comment\'\'\'
[[list]]
v = 1
[[list]]
v = 2
[list.sub]
w = 3
[a.g."h.i"]
when = 2026-01-01T00:00:00Z
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("a",), 3),
        (("a", "b c"), 4),
        (("a", "d", "e", "f"), 5),
        (("a", "d", "e", "f", 0), 6),
        (("a", "d", "e", "f", 1, "x"), 7),
        (("a", "d", "e", "f", 1, "y"), 7),
        (("a", "d", "e", "f", 2, 1), 8),
        (("a", "text"), 10),
        (("a", "lit"), 14),
        (("list", 0), 15),
        (("list", 0, "v"), 16),
        (("list", 1, "v"), 18),
        (("list", 1, "sub", "w"), 20),
        (("a", "g", "h.i", "when"), 22),
    ],
)
def test_a_key_has_the_line_on_which_it_stands(path: tuple[str | int, ...], line: int) -> None:
    assert lines_of(TEXT)[path] == line


def test_what_is_missing_is_pointed_at_where_it_belongs() -> None:
    lines = lines_of(TEXT)
    assert line_of(lines, ("a", "g", "h.i", "missing")) == 21
    assert line_of(lines, ("nothing", "of", "it")) == 1


def paths(value: Any, at: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {at} if at else set()
    if isinstance(value, dict):
        return found.union(*(paths(each, (*at, key)) for key, each in value.items()))
    if isinstance(value, list):
        return found.union(*(paths(each, (*at, index)) for index, each in enumerate(value)))
    return found


VALUES = st.recursive(
    st.text(max_size=8) | st.integers(-(2**31), 2**31) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), VALUES, max_size=5), st.booleans())
def test_whatever_tomllib_reads_every_key_has_a_line(table: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(table, multiline_strings=multiline)
    assert paths(tomllib.loads(text)) <= set(lines_of(text))


def test_a_spoilt_text_that_tomllib_still_reads_has_its_lines_too() -> None:
    dice, read = random.Random(7), 0
    for _ in range(3000):
        place = dice.randrange(len(TEXT))
        text = TEXT[:place] + dice.choice(string.printable + "\"'=[]{}#\n") + TEXT[place + dice.randint(0, 2) :]
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        read += 1
        assert paths(table) <= set(lines_of(text)), text
    assert read > 500
