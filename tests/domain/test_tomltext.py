"""What is no TOML is refused with what is wrong and where; nothing that a person can write raises anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.errors import BadInputError
from dialerd.domain.tomltext import Spoilt, read_toml, table_of

LONG = "9" * 5000
DEEP = "[" * 3000 + "]" * 3000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\nb = ", "x.toml is not TOML: Invalid value (at end of document)"),
        ("a = 1\nb = what\n", "x.toml is not TOML: Invalid value (at line 2, column 5)"),
        (f"a = 1\nb = {LONG}\nc = 12\n", "x.toml has a number of more than 4300 digits (at line 2)"),
        (f"a = [1]\n\nb = {DEEP}\n", "x.toml is nested too deeply (at line 3)"),
        ("a = 1\n" + "a." * 1001 + "b = 1", "x.toml has a line of more than 1000 dots (at line 2)"),
        ("a = " + "{ b = " * 3000 + "1" + " }" * 3000, "x.toml is nested too deeply (at line 1)"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(BadInputError) as refused:
        read_toml(text, source="x.toml")
    assert refused.value.message == said
    assert refused.value.hint


@given(st.text(st.sampled_from("a=[]{}\"'.,#\n 0919-:Te_\\xu\0"), max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    found = table_of(text)
    if isinstance(found, Spoilt):
        assert 1 <= found.line <= text.count("\n") + 1
