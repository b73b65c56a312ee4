"""A campaign is a file and back; what it cannot be is said key by key."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomli_w

from dialerd.domain.campaign import read_campaign
from dialerd.domain.errors import BadInputError
from dialerd.domain.words import Channel, Mode

GIVEN: dict[str, Any] = {
    "name": "spring",
    "lists": ["customers"],
    "trunk": "carrier",
    "caller_id": "+12125550100",
    "on_human": {"play": "custom/hello"},
}


def test_what_is_written_back_is_what_was_read() -> None:
    spec = read_campaign(
        GIVEN
        | {
            "priority": 3,
            "order": "random",
            "retry": [{"disposition": "busy", "after_min": 10, "max": 3}],
            "hours": {"timezone": "contact", "mon-fri": ["09:00-12:00", "14:00-20:00"]},
        },
        source="f",
    )
    assert read_campaign(tomllib.loads(tomli_w.dumps(spec.as_table())), source="f") == spec


def test_a_copy_with_other_keys_is_what_those_keys_say_whatever_was_asked_of_the_first() -> None:
    spec = read_campaign(GIVEN | {"hours": {"timezone": "UTC", "mon-sun": "00:00-24:00"}}, source="f")
    assert spec.contact_hours.timezone == "UTC"
    copied = spec.model_copy(update={"hours": {"timezone": "Asia/Tokyo", "mon-sun": "00:00-24:00"}})
    assert copied.contact_hours.timezone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"surprise": 1}, "surprise: unknown key"),
        ({"name": "../x"}, "name:"),
        ({"name": "A B"}, "name:"),
        ({"lists": []}, "lists:"),
        ({"caller_id": "2125550100"}, "caller_id:"),
        ({"caller_id": "+1212\r\nX-Evil: 1"}, "caller_id:"),
        ({"max_calls": 0}, "max_calls:"),
        ({"max_calls": "10"}, "max_calls:"),
        ({"calls_per_second": 0}, "calls_per_second:"),
        ({"max_attempts": 1.5}, "max_attempts:"),
        ({"order": "-"}, "order:"),
        ({"mode": "psychic"}, "mode:"),
        ({"mode": "psychic"}, "mode:"),
        ({"mode": "predictive", "queue": "sales"}, "on_human: in mode predictive the agents of the queue"),
        ({"mode": "power", "queue": "sales"}, "on_human: in mode power the agents of the queue"),
        ({"queue": "sales"}, "queue: not for mode agentless"),
        ({"ratio": 3}, "ratio: not for mode agentless"),
        ({"abandon_message": "sorry"}, "abandon_message: not for mode agentless"),
        ({"flow": "renewal"}, "on_human and flow: only one of them"),
        ({"flow": "Renewal!"}, "flow: a name is"),
        ({"on_human": {}}, "on_human"),
        ({"on_human": {"play": "a", "context": "b"}}, "on_human"),
        ({"on_human": {"play": "a,b"}}, "on_human"),
        ({"on_human": {"play": "../../etc/passwd"}}, "on_human"),
        ({"on_human": {"context": "x,s,1)System(id)"}}, "on_human"),
        ({"hours": {"mon": "09:00-17:00"}}, "timezone is missing"),
        ({"hours": {"timezone": "Mars/Base", "mon": "09:00-17:00"}}, "no time zone"),
        ({"hours": {"timezone": "../../etc/passwd", "mon": "09:00-17:00"}}, "no time zone"),
        ({"hours": {"timezone": "UTC", "mon": "9-17"}}, "mon"),
        ({"hours": {"timezone": "UTC", "mon": "17:00-09:00"}}, "ends before it begins"),
        ({"hours": {"timezone": "UTC", "someday": "09:00-17:00"}}, "someday"),
        ({"hours": {"timezone": "UTC"}}, "no day has hours"),
        ({"retry": [{"disposition": "bored", "after_min": 1, "max": 1}]}, "retry.0.disposition"),
        ({"retry": [{"disposition": "busy", "after_min": n, "max": 1} for n in (1, 2)]}, "two rules for busy"),
        ({"lists": ["a", "b", "a"]}, "a is named twice"),
        ({"voicemail": {}}, "voicemail.play: is missing"),
        ({"voicemail": {"play": "../x"}}, "voicemail.play: is a sound's name"),
        ({"voicemail": {"play": "x", "wait": "never"}}, "voicemail.wait:"),
        ({"voicemail": {"play": "x", "silence_ms": 100}}, "voicemail.silence_ms:"),
        ({"voicemail": {"play": "x", "max_wait_s": 1000}}, "voicemail.max_wait_s:"),
        ({"voicemail": {"play": "x", "loud": True}}, "voicemail.loud: unknown key"),
        ({"voicemail": {"play": "x"}, "amd": False}, "only amd = true tells a machine from a person"),
        ({"screened": {"play": "x"}, "amd": False}, "only amd = true tells a machine from a person"),
        ({"screened": {"play": ""}}, "screened.play: is a sound's name"),
    ],
)
def test_each_wrong_key_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError) as error:
        read_campaign(GIVEN | change, source="spring.toml")
    assert said in str(error.value)
    assert "spring.toml" in str(error.value)


def test_a_mixed_campaign_is_read_from_its_file_as_it_was_written_and_is_two_to_its_calls() -> None:
    table = GIVEN | {"mode": "power", "queue": "sales", "strategy": "remind", "max_calls": 10_000}
    spec = read_campaign(table, source="test")
    assert read_campaign(spec.as_table(), source="test") == spec
    assert (spec.max_calls, spec.calls_per_second) == (10_000, 1.0)
    automated, ours = spec.of_calls(Channel.AUTOMATED), spec.of_calls(Channel.VOICE)
    assert (automated.mode, automated.queue, automated.on_human) == (Mode.AGENTLESS, None, spec.on_human)
    assert (ours.mode, ours.queue, ours.on_human, ours.is_limited) == (Mode.POWER, "sales", None, False)
    alone = read_campaign(GIVEN, source="test")
    assert alone.of_calls(Channel.AUTOMATED) is alone


SERVED: dict[str, Any] = {key: value for key, value in GIVEN.items() if key != "on_human"} | {"queue": "sales"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mode": "power", "ratio": 0}, "ratio:"),
        ({"mode": "power", "ratio": 11}, "ratio:"),
        ({"mode": "power", "ratio": 1.5}, "ratio:"),
        ({"mode": "progressive", "ratio": 2}, "ratio: not for mode progressive"),
        ({"mode": "progressive", "abandon_message": "../x"}, "abandon_message: is a sound's name"),
        ({"mode": "progressive", "queue": "A b"}, "queue: a name is"),
        ({"mode": "progressive", "preview": {}}, "preview: not for mode progressive"),
        ({"mode": "progressive", "max_calls": 0}, "max_calls:"),
        ({"mode": "preview", "preview": {"timer_s": 0}}, "preview.timer_s:"),
        ({"mode": "preview", "preview": {"on_timeout": "wait"}}, "preview.on_timeout:"),
        ({"mode": "preview", "preview": {"max_skips": -1}}, "preview.max_skips:"),
        ({"mode": "preview", "preview": {"speed": 1}}, "preview.speed: unknown key"),
    ],
)
def test_each_wrong_key_of_a_mode_with_agents_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError) as error:
        read_campaign(SERVED | change, source="f")
    assert said in str(error.value)


@pytest.mark.parametrize(("mode", "amd"), [("progressive", True), ("preview", False), ("power", False)])
def test_a_mode_with_agents_takes_what_is_not_given_its_own_way(mode: str, amd: bool) -> None:
    spec = read_campaign(SERVED | {"mode": mode}, source="f")
    assert (spec.amd, spec.is_limited) == (amd, False)
    assert read_campaign(SERVED | {"mode": mode, "amd": not amd}, source="f").amd is not amd
    assert not {"max_calls", "calls_per_second", "on_human"} & spec.as_table().keys()
    assert read_campaign(tomllib.loads(tomli_w.dumps(spec.as_table())), source="g") == spec
    paced = read_campaign(SERVED | {"mode": mode, "max_calls": 7, "calls_per_second": 2.5}, source="f")
    assert paced.is_limited
    assert read_campaign(paced.as_table(), source="g") == paced
    lacks = read_campaign({"name": "c", "lists": ["l"], "mode": mode}, source="f").lacks
    assert lacks == ("trunk", "caller_id", "queue")


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "power", "ratio": 3, "abandon_message": "sorry"},
        {"mode": "preview", "preview": {"timer_s": 45, "on_timeout": "skip", "max_skips": 0}},
        {"mode": "progressive", "max_calls": 5},
    ],
)
def test_a_definition_with_agents_is_the_same_after_its_file(change: dict[str, Any]) -> None:
    spec = read_campaign(SERVED | change, source="f")
    assert read_campaign(tomllib.loads(tomli_w.dumps(spec.as_table())), source="g") == spec
    assert change.items() <= spec.as_table().items()


def test_a_definition_says_what_it_lacks_to_run() -> None:
    assert read_campaign(GIVEN, source="f").lacks == ()
    draft = read_campaign({"name": "c", "lists": ["l"]}, source="f")
    assert draft.lacks == ("trunk", "caller_id", "on_human")
    assert read_campaign(draft.as_table(), source="f") == draft
    assert read_campaign(draft.as_table() | {"flow": "renewal"}, source="f").lacks == ("trunk", "caller_id")


def test_a_definition_with_everything_in_it_is_the_same_after_its_file() -> None:
    rich = GIVEN | {
        "filter": "state = 'CA' and due <= today() + 3 days",
        "dnc": "ours",
        "order": "-balance",
        "numbers": "numbers-first",
        "max_attempts_per_number": 2,
        "regulations": ["us-federal"],
        "dispositions": "sales",
        "positive": ["accepted"],
        "then": "next",
        "hours": {"timezone": "contact", "mon-fri": ["09:00-12:00", "13:00-20:00"], "holidays": ["US", "2026-12-24"]},
        "retry": [{"disposition": "busy", "after_min": 10, "max": 2, "number": "next"}],
        "finish": {"duration_min": 60, "goal": {"positive": 3}, "end": "2026-12-24T18:00:00-05:00"},
        "schedule": [
            {"start": "2026-12-01T09:00", "every": "1 week", "on": ["mon"], "timezone": "UTC"},
            {"start": "2026-12-05T10:00", "end": "2026-12-05T12:00", "timezone": "Asia/Tokyo", "precedence": True},
        ],
    }
    spec = read_campaign(rich, source="f")
    assert read_campaign(tomllib.loads(tomli_w.dumps(spec.as_table())), source="g") == spec
    single = read_campaign(rich | {"schedule": rich["schedule"][0]}, source="f")
    assert read_campaign(tomllib.loads(tomli_w.dumps(single.as_table())), source="g") == single


def test_every_sound_of_a_campaign_is_known() -> None:
    spec = read_campaign(
        GIVEN | {"consent": "told", "voicemail": {"play": "left"}, "screened": {"play": "name"}}, source="f"
    )
    assert spec.on_human is not None
    assert set(spec.sounds) == {"told", spec.on_human.play, "left", "name"}
    assert read_campaign(SERVED | {"mode": "power", "abandon_message": "sorry"}, source="f").sounds == ("sorry",)
