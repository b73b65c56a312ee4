"""The digits of do-not-call tables: held in little room, found again exactly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.vicidial.barred import Barred, Digits

DIGITS = st.text("0123456789", min_size=1, max_size=18)


@given(st.lists(DIGITS), st.lists(DIGITS))
def test_what_was_put_in_is_in_and_nothing_else(first: list[str], then: list[str]) -> None:
    found = Digits()
    for each in first:
        found.add(each)
    assert all(each in found for each in first) and [each for each in then if each in found] == [
        each for each in then if each in first
    ]
    for each in then:  # after it was looked into
        found.add(each)
    assert all(each in found for each in [*first, *then])


def test_each_writing_of_a_number_is_looked_for_and_its_digits_with_a_0_before_them() -> None:
    barred = Barred()
    for entry in ("02079460123", "011442079460124"):
        barred.take("", entry)
    assert list(barred.holding(["2079460123"], "+442079460123", "44")) == [("", "02079460123")]
    assert list(barred.holding(["x", "011 44 2079460124"], "+442079460124", "")) == [("", "011442079460124")]


def test_an_entry_bars_a_number_as_the_lead_has_it_with_its_code_and_without_it() -> None:
    barred = Barred()
    for entry in ("02079460123", "442079460124", "2079460125", "+442079460126", "207XXXXXXX", "", "1" * 19):
        barred.take("", entry)
    barred.take("SALES", "2079460125")
    held = {last: list(barred.holding([f"0207-946012{last}"], f"+44207946012{last}", "44")) for last in "34567"}
    assert held == {
        "3": [("", "02079460123")],
        "4": [("", "442079460124")],
        "5": [("", "2079460125"), ("SALES", "2079460125")],
        "6": [],  # it has its code, and is read with it
        "7": [],
    }
