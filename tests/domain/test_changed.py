"""A changed record is what dataclasses.replace would make of it, whatever is changed.

Not here: the calls whose records these are.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.call.states import Facts
from dialerd.domain.changed import changed

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_ANY = {each.name: st.one_of(st.none(), st.booleans(), st.text(max_size=3)) for each in fields(Facts)}


@given(first=st.fixed_dictionaries({}, optional=_ANY), then=st.fixed_dictionaries({}, optional=_ANY))
def test_any_facts_changed_in_any_way_are_as_replace_makes_them(
    first: dict[str, object], then: dict[str, object]
) -> None:
    facts = replace(Facts(placed_at=NOW), **first)  # type: ignore[arg-type]  # of any value: they are only carried over
    before = replace(facts)
    assert changed(facts, **then) == replace(facts, **then)  # type: ignore[arg-type]  # as above
    assert facts == before, "the record itself stays as it was"


def test_a_field_that_the_record_lacks_is_refused_by_its_name() -> None:
    with pytest.raises(TypeError, match="Facts has no rung_at"):
        changed(Facts(placed_at=NOW), rung_at=NOW)


def test_a_record_that_checks_itself_as_it_is_made_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Checked:
        at: datetime

        def __post_init__(self) -> None:
            assert self.at.tzinfo is not None

    with pytest.raises(TypeError, match="Checked is not made of slots alone"):
        changed(Checked(NOW), at=NOW)


def test_a_record_without_slots_is_refused() -> None:
    @dataclass(frozen=True)
    class Loose:
        at: datetime

    with pytest.raises(TypeError, match="Loose is not made of slots alone"):
        changed(Loose(NOW), at=NOW)
