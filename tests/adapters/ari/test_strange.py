"""Whatever stands on the event socket, in a carrier's fields or a dialplan's words: it is read or passed over, and what
is read can be acted on and written down, so that no call is lost by it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from dialerd.adapters.ari import translate
from dialerd.domain.call import CallPlan, Outcome, begin, step
from dialerd.domain.call.commands import Settle
from dialerd.domain.words import AttemptId

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
ID, LEG = "d" + "0" * 32, "a" + "0" * 32

KINDS = (
    *("Dial", "ChannelStateChange", "StasisStart", "StasisEnd", "ChannelDtmfReceived", "ChannelTalkingStarted"),
    *("ChannelTalkingFinished", "ChannelHangupRequest", "ChannelDestroyed", "PlaybackFinished", "RecordingFinished"),
    *("RecordingFailed", "ApplicationReplaced", "ChannelVarset", "Nonsense"),
)
WORDS: tuple[Any, ...] = (
    *("answered", "amd", "queue", "inbound", "link", "leg", "Up", "Ringing", "RINGING", "HUMAN", "MACHINE", ""),
    *(
        ID,
        LEG,
        f"channel:{ID}",
        f"{ID}-play",
        "1733065200.17",
        "\ud800",
        "\0",
        "x" * 100_000,
        "'; DROP TABLE attempt;--",
    ),
    *(
        "<script>",
        "\r\nVia: x",
        "%n%s",
        "{number}",
        "𝕏",
        "+19005550100",
        None,
        True,
        False,
        0,
        -1,
        16,
        486,
        2**31,
        2**63,
    ),
    *(10**400, 1.5, 1e308, -0.0, [], {}, [[]], [None], {"id": ID}),
)
KEYS = (
    "cause",
    "tech_cause",
    "soft",
    "args",
    "digit",
    "duration",
    "dialstatus",
    "channel",
    "peer",
    "playback",
    "recording",
)
DEEP = "[" * 100_000


def _value(dice: random.Random, depth: int) -> Any:
    match dice.randrange(8):
        case 0 if depth:
            return [_value(dice, depth - 1) for _ in range(dice.randrange(6))]
        case 1 if depth:
            return _channel(dice, depth - 1)
        case _:
            return dice.choice(WORDS)


def _channel(dice: random.Random, depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {"id": dice.choice([ID, ID, ID, LEG, "1733065200.17", _value(dice, 0)])}
    for key in (
        "state",
        "name",
        "caller",
        "connected",
        "target_uri",
        "duration",
        "dialplan",
        "channelvars",
        "language",
    ):
        if dice.random() < 0.4:
            made[key] = _value(dice, depth)
    return made


def drawn(dice: random.Random) -> str:
    """What stands on the socket: mostly something like a message."""
    message: dict[str, Any] = {"type": dice.choice(KINDS), "channel": _channel(dice, 2)}
    for key in KEYS:
        if dice.random() < 0.3:
            message[key] = (
                _channel(dice, 2) if dice.random() < 0.5 and key not in ("args", "cause") else _value(dice, 2)
            )
    if dice.random() < 0.3:
        message["args"] = ["amd", _value(dice, 0), _value(dice, 0)]
    text = json.dumps(message)
    match dice.randrange(12):
        case 0:
            cut = dice.randrange(len(text))
            return text[:cut] + text[cut + dice.randrange(1, 20) :]
        case 1:
            return DEEP if dice.random() < 0.05 else json.dumps(_value(dice, 2))
        case 2:
            return text.replace(":", ": " + "9" * dice.choice([5, 25, 5000]) + ', "x":', 1)
        case _:
            return text


def _check_storable(value: object) -> None:
    """What a column can have: sqlite3 refuses a lone surrogate and a number of more than 64 bits."""
    match value:
        case str():
            value.encode()
            assert len(value) <= 1000
        case bool() | None | datetime() | float():
            pass
        case int():
            assert abs(value) < 2**63
        case tuple() | list():
            for each in value:
                _check_storable(each)
        case Mapping():
            for each in value.values():
                _check_storable(each)
        case _ if is_dataclass(value):
            for field in fields(value):
                _check_storable(getattr(value, field.name))


def one_case(dice: random.Random) -> str:
    """A call that hears some twenty strange messages, and then its end."""
    plan = CallPlan(
        attempt_id=AttemptId(ID),
        dial_string="PJSIP/+12126600000@c",
        caller_id="",
        amd=True,
        max_ring_s=9,
        min_ring_s=1,
        play="hello",
    )
    call, _ = begin(plan, NOW)
    settled: list[Outcome] = []
    heard = 0
    end = {"type": "ChannelDestroyed", "channel": {"id": ID}, "cause": 16}
    for text in (*(drawn(dice) for _ in range(20)), json.dumps(end), json.dumps(end)):
        content = translate.parse(text)
        of_leg = translate.to_leg_event(content)
        of_caller = translate.to_caller_event(content, exchange="pbx1")
        _check_storable((of_leg, of_caller))
        if isinstance(content, dict):
            translate.replaced(content)
            channels = [each for each in (content, content.get("channel")) if isinstance(each, dict)]
            _check_storable(translate.to_callers(channels, exchange="pbx1", app="dialerd"))
            _check_storable(translate.to_links(channels, exchange="pbx1", app="dialerd"))
            _check_storable(translate.to_legs(channels, channels, exchange="pbx1", app="dialerd"))
            _check_storable([translate.to_place(each, apps=["dialerd"]) for each in channels])
        found = translate.to_event(content)
        if found is None:
            continue
        assert found[0] == ID
        _check_storable(found[1])
        heard += 1
        call, commands = step(call, found[1], NOW)
        settled += [each.outcome for each in commands if isinstance(each, Settle)]
    assert len(settled) == 1, "once, whatever was heard"
    _check_storable(settled[0])
    return "heard" if heard > 2 else "passed over"


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_no_message_stops_the_stream_or_keeps_a_call_from_being_settled(first: int) -> None:
    for seed in range(first, first + 100):
        one_case(random.Random(seed))


@pytest.mark.parametrize("text", [DEEP, "", "{", '{"a": ' * 50_000, "null", "[]", "9" * 5000, '"\\ud800"'])
def test_what_is_no_message_is_passed_over(text: str) -> None:
    content = translate.parse(text)
    assert translate.to_event(content) is None
    assert translate.to_leg_event(content) is None
    assert translate.to_caller_event(content, exchange="pbx1") is None


@pytest.mark.parametrize("cause", [10**400, 2**63, -(2**63), 1.5, "16", None, True])
def test_a_cause_that_no_column_can_have_is_none(cause: object) -> None:
    found = translate.to_event({"type": "ChannelDestroyed", "channel": {"id": ID}, "cause": cause, "tech_cause": cause})
    assert found is not None
    assert (found[1].cause, found[1].sip_code) == (None, None)  # type: ignore[union-attr]
