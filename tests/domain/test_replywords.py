"""STOP, START and HELP in every language, and what is none of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.adapters.files import shipped_reply_words
from dialerd.domain.answers import Answers
from dialerd.domain.errors import BadInputError
from dialerd.domain.replywords import Wish, language_of, read_reply_words, wish_of

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
        ("Stop.\n\nKind regards\nAnn Example\n" + "a" * 200, Wish.STOP),  # whatever a program puts below it
        ("Start\n\nKind regards\nAnn Example", None),
        ("Dear all,\nstop", None),
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


@pytest.mark.parametrize(
    ("wish", "languages", "text"),
    [
        (Wish.HELP, ("es-MX", "en"), "Acme. ALTO."),
        (Wish.HELP, ("fr", "es"), "Acme. ALTO."),
        (Wish.HELP, (None, None), "Acme. STOP."),
        (Wish.HELP, ("Klingon",), "Acme. STOP."),
        (Wish.STOP, ("es",), None),
        (Wish.START, ("en",), None),
        (None, ("en",), None),
    ],
)
def test_an_answer_is_in_the_first_language_that_it_is_there_in_else_in_the_first_one_given(
    wish: Wish | None, languages: tuple[str | None, ...], text: str | None
) -> None:
    answers = Answers(help={"en": "Acme. STOP.", "es": "Acme. ALTO."})
    assert answers.to(wish, languages=languages) == text


def test_a_word_is_known_by_the_language_it_stands_under() -> None:
    assert [language_of(text, WORDS) for text in ("Ayuda!", "aide", "HELP", "nonsense")] == [
        "es",
        "fr",
        "en",
        None,
    ]
