"""What a reply of one word asks for: to stop, to begin again, to be helped; by the words of each language.

Not here: the words themselves (data/replywords.toml, read by adapters/files), what a campaign does on a reply.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dialerd.domain.errors import BadInputError

_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")
_AROUND = " \t\r\n\f.,;:!?¡¿\"'`´“”„‘’«»*()[]<>-–—_/\\\u200b\ufeff\u200e\u200f"
_LONGEST = 40  # more than a few words are a letter, and are read by a person
_BEGINS = "stop_begins"


class Wish(StrEnum):
    """What somebody who writes nothing else than such a word wants."""

    STOP = "stop"  # never to be written to or called again
    START = "start"  # to be, after all
    HELP = "help"  # to know who we are


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWords:
    """The words of every language that is known, as `wish_of` compares them.

    `begins` are those of STOP that mean it too when a few words more follow. `spoken`: the language of each word.
    """

    words: Mapping[str, Wish]
    spoken: Mapping[str, str] = field(default_factory=dict)
    begins: tuple[str, ...]
    languages: tuple[str, ...]


NO_WORDS = ReplyWords(words={}, begins=(), languages=())
"""For a daemon without routes: nobody can write to it."""


def wish_of(text: str, words: ReplyWords) -> Wish | None:
    """What the text asks for, where that word is all it says; None: it says something else.

    Every language counts, whatever the contact's own is: nobody who writes STOP may go unheard. Capitals, accents and
    what stands around the word do not matter. "Stop texting me" is STOP as well: any clear wish has to be obeyed.
    """
    if "\n" in text.strip():
        first = text.strip().partition("\n")[0]
        if len(first) <= _LONGEST and words.words.get(_plain(first)) is Wish.STOP:
            return Wish.STOP  # whatever stands below it: a signature, our own words
    if len(text) > 2 * _LONGEST:
        return None
    said = _plain(text)
    if (found := words.words.get(said)) is not None:
        return found
    is_begun = any(re.match(rf"{re.escape(word)}\W", said) for word in words.begins)
    return Wish.STOP if is_begun and len(said) <= _LONGEST else None


def language_of(text: str, words: ReplyWords) -> str | None:
    """The language of a reply that is one of the words."""
    return words.spoken.get(_plain(text)) if len(text) <= 2 * _LONGEST else None


def read_reply_words(table: Mapping[str, Any], *, source: str) -> ReplyWords:
    """The words from their file: per language, per wish a list. Raises BadInputError naming what is wrong."""
    words: dict[str, Wish] = {}
    spoken: dict[str, str] = {}
    begins: list[str] = []
    for language, wishes in table.items():
        if not _LANGUAGE.match(language) or not isinstance(wishes, dict):
            raise BadInputError(f"{source}: {language!r} is no language", hint="write [en], [de], ...")
        for wish, each in wishes.items():
            plain = _plains(each, source=f"{source}: {language}.{wish}")
            if wish == _BEGINS:
                begins += plain
            else:
                _add(words, wish, plain, source=f"{source}: {language}.{wish}")
                for word in plain:
                    spoken.setdefault(word, language)
    return ReplyWords(words=words, spoken=spoken, begins=tuple(begins), languages=tuple(table))


def _add(words: dict[str, Wish], wish: str, each: list[str], *, source: str) -> None:
    if wish not in set(Wish):
        raise BadInputError(f"{source} is none of {', '.join(Wish)}, {_BEGINS}", hint="correct the key")
    for word in each:
        if words.setdefault(word, Wish(wish)) is not Wish(wish):
            raise BadInputError(f"{source}: {word!r} stands for {words[word]} already", hint="a word has one meaning")


def _plains(each: object, *, source: str) -> list[str]:
    if not isinstance(each, list) or not all(isinstance(word, str) and _plain(word) for word in each):
        raise BadInputError(f"{source} is no list of words", hint='write ["stop", "end"]')
    return [_plain(word) for word in each]


def _plain(text: str) -> str:
    """Small letters without accents, one blank between words, nothing around them."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    return " ".join(unicodedata.normalize("NFC", bare).split()).strip(_AROUND)
