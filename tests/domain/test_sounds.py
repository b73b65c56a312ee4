"""What may be played, and whose a recording is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialerd.domain.recording import attempt_of, recording_name
from dialerd.domain.sounds import Characters, Digits, Kept, Number, Recorded, Sound, Tone, check_language
from dialerd.domain.words import AttemptId

ID = AttemptId("d" + "0123456789abcdef" * 2)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((Recorded, text) for text in ("", "  ", "a\nb", "a\x00", "x" * 201)),
        *((Digits, text) for text in ("", "12a", "1 2", "1" * 101, "12\n")),
        *((Characters, text) for text in ("", "a\n", "\u00e4", "a" * 101)),
        *((Tone, text) for text in ("", "busy;tonezone=us", "BUSY", "a/b")),
        *((Kept, text) for text in ("", "../secret", "a\r")),
    ],
)
def test_what_cannot_be_played_is_refused_when_it_is_made(kind: Callable[[str], Sound], text: str) -> None:
    with pytest.raises(ValueError, match=r"sound|digits|characters|tone|recording"):
        kind(text)


@pytest.mark.parametrize("value", [2**31, -(2**31)])
def test_a_number_that_asterisk_cannot_count_to_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="at most 31 bits"):
        Number(value)


@pytest.mark.parametrize("language", ["en", "de_AT", "en-US", "en_US_f_Allison"])
def test_a_language_is_taken_as_asterisk_has_it(language: str) -> None:
    assert check_language(language) == language


def test_a_recordings_name_tells_whose_it_is() -> None:
    assert attempt_of(recording_name(ID, "name-2")) == ID
    for other in ("", ID, f"dialerd/{ID}", f"dialerd/{ID}-", f"other/{ID}-1", f"dialerd/{ID}-1/x", f"dialerd/{ID}-1\n"):
        assert attempt_of(other) is None


@pytest.mark.parametrize("label", ["", "A", "a/b", "../a", "a" * 41, "a\n"])
def test_a_label_that_could_lead_elsewhere_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="label of a recording"):
        recording_name(ID, label)
