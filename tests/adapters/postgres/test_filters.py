"""A filter keeps the same contacts in PostgreSQL as in Python."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.filters import to_sql
from dialerd.adapters.sql.unit import SqlUnit
from dialerd.domain.contact import Contact
from dialerd.domain.filters import Record, matches, read_filter, values
from dialerd.domain.phone import PhoneNumber
from tests import stores
from tests.adapters.sqlite.stored import NOW
from tests.adapters.sqlite.test_filters import TODAY, _attributes, _filters


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(_filters, st.lists(st.tuples(_attributes, st.integers(0, 12)), min_size=1, max_size=6))
def test_sql_and_python_keep_the_same_contacts(text: str, people: list[tuple[dict[str, str], int]]) -> None:
    with stores.empty("postgres") as connection:
        unit = SqlUnit(connection)
        made = unit.lists.create("CA", "US", NOW)
        contacts = [
            Contact(numbers=(PhoneNumber(e164=f"+1212266{n:04}", zones=()),), attributes=attributes, priority=priority)
            for n, (attributes, priority) in enumerate(people)
        ]
        unit.contacts.add(made.id, contacts, NOW)
        tree = read_filter(text)
        expected = {each.numbers[0].e164 for each in contacts if matches(tree, record_of(each), today=TODAY)}
        sql, asked = to_sql(tree, today=TODAY)
        kept = connection.execute(f"SELECT number FROM contact WHERE {sql}", asked)  # noqa: S608  # a filter's own words
        assert {number for (number,) in kept} == expected
        count = unit.contacts.count(["CA"], tree, today=TODAY)
        assert (count.contacts, count.kept) == (len(contacts), len(expected))
        assert len(unit.contacts.kept(["CA"], tree, today=TODAY, limit=9)) == len(expected)


def record_of(contact: Contact) -> Record:
    return Record(
        number=contact.numbers[0].e164,
        list="CA",
        priority=contact.priority,
        zone=contact.zone,
        attributes=contact.attributes,
    )


_texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
    st.from_regex(r"\s?[+-]?\d{0,3}\.?\d{0,2}\s?", fullmatch=True),
    st.from_regex(r" ?(0000|1999|2024)-(02|13|00|12)-(29|30|31|00|01)[T x]?", fullmatch=True),
    st.sampled_from(["Straße", "STRASSE", "İ", "ΣΑΣ", "ß%", "_", "a_c", "50%", "\\%", "\u2028x\u3000", "\x1c"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(_texts, _texts)
def test_the_functions_of_filters_say_what_pythons_say(text: str, other: str) -> None:
    with stores.empty("postgres") as connection:
        assert asked(connection, text, other) == (
            values.number_of(text),
            values.date_of(text),
            values.age_days(text, "2026-12-01"),
            values.is_like(text, other),
            text.strip().casefold(),
            not text.strip(),
        )


def asked(connection: Connection, text: str, other: str) -> tuple[object, ...]:
    found = connection.execute(
        "SELECT number_of(:a), date_of(:a), age_days(:a, '2026-12-01'), is_like(:a, :b), fold(:a), is_blank(:a)",
        {"a": text, "b": other},
    ).fetchone()
    return tuple(found)


def test_nothing_is_known_of_what_is_not_there() -> None:
    with stores.empty("postgres") as connection:
        row = connection.execute(
            "SELECT number_of(NULL), date_of(NULL), age_days(NULL, '2026-12-01'), is_like(NULL, '%'), fold(NULL),"
            " is_blank(NULL)"
        ).fetchone()
        assert tuple(row) == (None, None, None, False, None, True)
