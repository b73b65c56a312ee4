"""STOP, START and HELP in every language, and what is none of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.adapters.files import shipped_reply_words
from dialerd.domain.errors import BadInputError
from dialerd.domain.replywords import Wish, read_reply_words, wish_of

WORDS = shipped_reply_words()


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("STOP", Wish.STOP),
        (" stop. ", Wish.STOP),
        ("“Stop”!", Wish.STOP),
        ("stop texting me", Wish.STOP),
        ("STOP 🛑", Wish.STOP),
        ("Opt  out", Wish.STOP),
        ("opt-out", Wish.STOP),
        *((word, Wish.STOP) for word in ("quit", "end", "revoke", "opt out", "cancel", "unsubscribe")),
        ("Désabonner", Wish.STOP),
        ("ABMELDEN", Wish.STOP),
        ("\ufeffbaja", Wish.STOP),
        ("unstop", Wish.START),
        ("hjälp", Wish.HELP),
        ("?", None),
        ("", None),
        ("stopwatch", None),
        ("end of the month is fine", None),
        ("cancel the order for the red one", None),
        ("yes", None),
        ("please do not stop", None),
        ("stop " + "a" * 80, None),  # a letter: for a person, or a rule
    ],
)
def test_a_reply_asks_for_this(text: str, wish: Wish | None) -> None:
    assert wish_of(text, WORDS) is wish


@given(st.sampled_from(sorted(WORDS.words)), st.sampled_from(["", ".", "!", " ", "\n", "...", '"']))
def test_every_word_is_known_whatever_its_capitals_and_what_follows(word: str, behind: str) -> None:
    assert wish_of(word.upper() + behind, WORDS) is WORDS.words[word]


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    assert wish_of(text, WORDS) in (None, *Wish)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"English": {"stop": ["stop"]}}, "no language"),
        ({"en": ["stop"]}, "no language"),
        ({"en": {"halt": ["stop"]}}, "none of stop, start, help"),
        ({"en": {"stop": "stop"}}, "no list of words"),
        ({"en": {"stop": ["!"]}}, "no list of words"),
        ({"en": {"stop": ["ende"]}, "de": {"start": ["Ende"]}}, "'ende' stands for stop already"),
    ],
)
def test_a_file_of_words_that_cannot_be_used_is_told_where(table: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError, match=said) as error:
        read_reply_words(table, source="my.toml")
    assert "my.toml" in str(error.value)


def test_the_languages_are_known() -> None:
    assert {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv"} <= set(WORDS.languages)
