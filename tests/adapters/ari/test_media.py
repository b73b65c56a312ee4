"""How ARI is told what to play and what to record."""

from __future__ import annotations

import pytest

from dialerd.adapters.ari import media
from dialerd.domain.call.commands import Record
from dialerd.domain.sounds import Characters, Digits, Kept, Number, Recorded, Sound, Tone


@pytest.mark.parametrize(
    ("sound", "uri"),
    [
        (Recorded("tt-monkeys"), "sound:tt-monkeys"),
        (Recorded("/sounds/a,b"), "sound:/sounds/a,b"),  # a comma is one of the name's: the list is JSON
        (Digits("0815*#"), "digits:0815*#"),
        (Number(-42), "number:-42"),
        (Characters("ab 12"), "characters:ab 12"),
        (Tone("busy"), "tone:busy"),
        (Kept("dialerd/d1-name"), "recording:dialerd/d1-name"),
    ],
)
def test_each_kind_of_sound_has_its_uri(sound: Sound, uri: str) -> None:
    assert media.uri(sound) == uri


def test_a_language_is_told_only_where_one_is_wanted() -> None:
    assert media.to_play([Recorded("hello")], "") == {"media": ["sound:hello"]}
    assert media.to_play([Recorded("a"), Number(2)], "de_AT") == {"media": ["sound:a", "number:2"], "lang": "de_AT"}
    with pytest.raises(ValueError, match="a code such as en"):
        media.to_play([Recorded("a")], "../../etc")


def test_a_recording_that_silence_does_not_end_says_so_with_zero() -> None:
    body = media.to_record(Record("dialerd/x", 0.2))
    assert (body["maxSilenceSeconds"], body["maxDurationSeconds"], body["terminateOn"]) == (0, 1, "#")
