"""Which of the sounds that people are to hear an Asterisk does not have, language by language.

Not here: asking it (ports.Exchange.sounds), what follows (engine/sounddesk.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

ANY = ""
"""The language of a call that is told none: the channel's own, which nobody knows before. Of a sound: it is heard in
every one."""


def lacking(known: Mapping[str, Collection[str]], wanted: Mapping[str, Collection[str]]) -> list[str]:
    """What is wanted (sounds by language) and not known (languages by sound), in words, sorted.

    A sound named by its path is not judged: Asterisk's index has those of its own folder only.

    >>> lacking({"hello": ["en"], "shut": ["custom"]}, {"es": ["hello", "/a/path"], "": ["hello", "custom/shut"]})
    ['hello in es']
    """
    found = []
    for language, sounds in wanted.items():
        for sound in sounds:
            if not sound.startswith("/") and not _has(known, sound, language):
                found.append(f"{sound} in {language}" if language != ANY else sound)
    return sorted(found)


def _has(known: Mapping[str, Collection[str]], sound: str, language: str) -> bool:
    folder, _, rest = sound.partition("/")
    if folder in known.get(rest, ()):
        return True  # any folder beside those of the languages counts as a language in the index
    languages = known.get(sound, ())
    if ANY in languages:
        return True
    return bool(languages) if language == ANY else language in languages or language.partition("_")[0] in languages
