"""A text as an SMS: alphabet, parts, octets. The figures are those of 3GPP TS 23.038 and 23.040."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.errors import BadInputError
from dialerd.domain.sms import Alphabet, alphabet_of, cut, decode, encode

G, U = Alphabet.GSM7, Alphabet.UCS2


@pytest.mark.parametrize(
    ("text", "alphabet", "parts"),
    [
        ("a" * 160, G, 1),
        ("a" * 161, G, 2),
        ("a" * 306, G, 2),
        ("a" * 307, G, 3),
        ("€" * 80, G, 1),  # of the extension table: two places each
        ("€" * 81, G, 2),
        ("ñ à Ω Ç ¿", G, 1),
        ("ç", U, 1),  # only the capital is in the GSM alphabet
        ("ж" * 70, U, 1),
        ("ж" * 71, U, 2),
        ("ж" * 134, U, 2),
        ("ж" * 135, U, 3),
        ("😀" * 35, U, 1),  # two UTF-16 units each
        ("😀" * 36, U, 2),
        ("a" * 70 + "’", U, 2),  # one typographic apostrophe costs more than half the room
    ],
)
def test_a_text_takes_so_many_parts(text: str, alphabet: Alphabet, parts: int) -> None:
    found = cut(text)
    assert (found.alphabet, len(found)) == (alphabet, parts)


def test_no_part_ends_within_an_extended_character_or_an_emoji() -> None:
    assert [len(each) for each in cut("a" * 152 + "€" + "b" * 160).texts] == [152, 152, 9]
    assert [len(each) for each in cut("ж" * 66 + "😀" + "ж" * 70).texts] == [66, 66, 5]


def test_a_text_that_is_too_long_names_the_character_that_makes_it_so() -> None:
    with pytest.raises(BadInputError, match="takes 3 SMS, and 2 is the most; '’'"):
        cut("it’s " * 30, most=2)
    with pytest.raises(BadInputError, match="empty"):
        cut("")


@given(st.text(min_size=1, max_size=700))
def test_whatever_the_text_its_parts_are_the_text_and_fit(text: str) -> None:
    try:
        parts = cut(text)
    except BadInputError:
        assert len(text) > 20 * 33
        return
    assert "".join(parts.texts) == text
    room = {G: 160, U: 140} if len(parts) == 1 else {G: 153, U: 134}
    for each in parts.texts:
        octets = encode(each, parts.alphabet)
        assert 0 < len(octets) <= room[parts.alphabet]
        assert decode(octets, parts.alphabet) == each


@given(st.binary(max_size=200))
def test_octets_from_outside_always_have_a_text(octets: bytes) -> None:
    assert len(decode(octets, G)) <= len(octets)
    assert len(decode(octets, U)) <= len(octets)


def test_characters_without_meaning_are_shown_as_such() -> None:
    assert decode(bytes([0x1B, 0x65, 0x1B, 0x41, 0x80, 0x1B]), G) == "€A\ufffd\ufffd"
    with pytest.raises(BadInputError, match="not in the GSM alphabet"):
        encode("ж", G)
    assert alphabet_of("") is G
