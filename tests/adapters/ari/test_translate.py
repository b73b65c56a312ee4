"""What the real Asterisk 22.10 sends, pasted, and what dialerd reads in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.adapters.ari.readiness import Readiness, too_old
from dialerd.adapters.ari.translate import (
    is_playing,
    to_bridge_id,
    to_caller_event,
    to_callers,
    to_event,
    to_languages,
    to_leg_event,
    to_legs,
    to_links,
    to_place,
)
from dialerd.domain.call import events as ev
from dialerd.domain.caller import CallerCame, CallerLeft, CallerSeen, LinkCame, caller_of
from dialerd.domain.leg import LegAnswered, LegEvent, LegGone, LegPlace, LegRang, LegSeen, bridge_of
from dialerd.domain.recording import recording_name
from dialerd.domain.words import CALLER_ID, AttemptId, BridgeId, LegId

ID = "d27fc244166b432b9ef6378b7124a1e7c"


def channel(state: str = "Up", app_name: str = "AppDial2", app_data: str = "(Outgoing Line)") -> dict[str, Any]:
    return {
        "id": ID,
        "name": "PJSIP/carrier-00000001",
        "state": state,
        "dialplan": {
            "context": "from-carrier",
            "exten": "s",
            "priority": 1,
            "app_name": app_name,
            "app_data": app_data,
        },
    }


def playback(state: str) -> dict[str, Any]:
    return {"id": "m1", "media_uri": "sound:/sounds/message", "target_uri": f"channel:{ID}", "state": state}


NAME = recording_name(AttemptId(ID), "1")


def recording(kind: str, **more: object) -> dict[str, Any]:
    # of a snoop channel: whose it is, only the name tells
    told = {"name": NAME, "format": "wav", "state": "done", "target_uri": f"channel:s{ID[1:]}", **more}
    return {"type": kind, "recording": told}


ROWS: list[tuple[dict[str, Any], ev.CallEvent | None]] = [
    ({"type": "Dial", "dialstatus": "", "peer": channel("Down")}, None),
    ({"type": "Dial", "dialstatus": "RINGING", "peer": channel("Down")}, ev.Rang()),
    ({"type": "Dial", "dialstatus": "PROGRESS", "peer": channel("Down")}, ev.Rang()),
    ({"type": "Dial", "dialstatus": "ANSWER", "peer": channel()}, None),  # ChannelStateChange says it too
    ({"type": "ChannelStateChange", "channel": channel("Ringing")}, ev.Rang()),
    ({"type": "ChannelStateChange", "channel": channel("Up")}, ev.PickedUp()),
    ({"type": "ChannelStateChange", "channel": channel("Down")}, None),
    ({"type": "StasisStart", "args": ["answered"], "channel": channel()}, ev.Answered()),
    (
        {"type": "StasisStart", "args": ["amd", "HUMAN", "HUMAN-700-700"], "channel": channel()},
        ev.AmdHeard("HUMAN", "HUMAN-700-700"),
    ),
    ({"type": "StasisStart", "args": ["amd", "", ""], "channel": channel()}, ev.AmdHeard("", "")),
    ({"type": "StasisStart", "args": [], "channel": channel()}, None),
    ({"type": "StasisStart", "args": ["somebody", "else"], "channel": channel()}, None),
    ({"type": "StasisEnd", "channel": channel()}, None),
    ({"type": "ChannelDtmfReceived", "digit": "1", "duration_ms": 150, "channel": channel()}, ev.Pressed("1")),
    ({"type": "ChannelDtmfReceived", "digit": "D", "channel": channel()}, ev.Pressed("D")),
    ({"type": "ChannelDtmfReceived", "digit": "12", "channel": channel()}, None),
    ({"type": "ChannelDtmfReceived", "digit": 1, "channel": channel()}, None),
    ({"type": "ChannelTalkingStarted", "channel": channel()}, ev.TalkBegan()),
    ({"type": "ChannelTalkingFinished", "duration": 380, "channel": channel()}, ev.TalkEnded(0.38)),
    ({"type": "ChannelTalkingFinished", "channel": channel()}, ev.TalkEnded(0.0)),
    (recording("RecordingFinished", duration=6, silence_duration=0), ev.RecordingEnded(NAME, duration_s=6.0)),
    (recording("RecordingFailed", cause="no disk"), ev.RecordingEnded(NAME, failed=True)),
    (recording("RecordingFinished", name="somebody/elses"), None),
    (
        {"type": "ChannelHangupRequest", "cause": 17, "tech_cause": 486, "channel": channel("Down")},
        ev.HangupRequested(17, 486),
    ),
    ({"type": "ChannelHangupRequest", "channel": channel()}, ev.HangupRequested(None)),  # a BYE without a reason
    # our own DELETE coming back
    ({"type": "ChannelHangupRequest", "cause": 32, "soft": True, "channel": channel()}, None),
    (
        {
            "type": "ChannelDestroyed",
            "cause": 17,
            "cause_txt": "User busy",
            "tech_cause": 486,
            "channel": channel("Down"),
        },
        ev.Destroyed(17, 486),
    ),
    ({"type": "ChannelDestroyed", "cause": 0, "cause_txt": "Unknown", "channel": channel()}, ev.Destroyed(0)),
    ({"type": "PlaybackFinished", "playback": playback("done")}, ev.PlaybackEnded("m1")),
    ({"type": "PlaybackFinished", "playback": playback("failed")}, ev.PlaybackEnded("m1", failed=True)),
]


@pytest.mark.parametrize(("message", "expected"), ROWS, ids=lambda each: each["type"] if isinstance(each, dict) else "")
def test_a_message_becomes_its_event(message: dict[str, Any], expected: ev.CallEvent | None) -> None:
    assert to_event(message) == (None if expected is None else (ID, expected))


@pytest.mark.parametrize("other", ["1795217773.0", "agent-1001", ID.upper(), ID + "0", ID[:-1], "", None, 7])
def test_a_channel_that_we_have_not_dialed_is_none_of_our_business(other: object) -> None:
    message = {"type": "StasisStart", "args": ["answered"], "channel": channel() | {"id": other}}
    assert to_event(message) is None


LEG = "a019f8cd1a2b4c3d4e5f60718293a4b5c"
BRIDGE = BridgeId("b" + ID[1:])


def leg(state: str = "Up", app_name: str = "AppDial2", app_data: str = "(Outgoing Line)") -> dict[str, Any]:
    return channel(state, app_name, app_data) | {"id": LEG, "name": "PJSIP/agent1001-00000002"}


LEG_ROWS: list[tuple[dict[str, Any], LegEvent | None]] = [
    ({"type": "Dial", "dialstatus": "", "peer": leg("Down")}, None),
    ({"type": "Dial", "dialstatus": "RINGING", "peer": leg("Down")}, LegRang()),
    ({"type": "ChannelStateChange", "channel": leg("Ringing")}, LegRang()),
    ({"type": "ChannelStateChange", "channel": leg("Up")}, None),  # up, and not yet with us
    ({"type": "StasisStart", "args": ["leg"], "channel": leg()}, LegAnswered()),
    ({"type": "StasisStart", "args": ["answered"], "channel": leg()}, None),
    ({"type": "StasisStart", "args": [], "channel": leg()}, None),
    ({"type": "ChannelHangupRequest", "cause": 16, "channel": leg()}, None),  # ChannelDestroyed says it too
    ({"type": "ChannelDestroyed", "cause": 16, "cause_txt": "Normal Clearing", "channel": leg()}, LegGone(16)),
    (
        {"type": "ChannelDestroyed", "cause": 17, "cause_txt": "User busy", "tech_cause": 486, "channel": leg("Down")},
        LegGone(17, 486),
    ),
]


@pytest.mark.parametrize(
    ("message", "expected"), LEG_ROWS, ids=lambda each: each["type"] if isinstance(each, dict) else ""
)
def test_a_message_about_an_agents_leg_becomes_its_event(message: dict[str, Any], expected: LegEvent | None) -> None:
    assert to_leg_event(message) == (None if expected is None else (LEG, expected))
    assert to_event(message) is None, "and none of a campaign's call"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0]["type"])
def test_a_message_about_a_call_is_none_about_a_leg(row: tuple[dict[str, Any], object]) -> None:
    assert to_leg_event(row[0]) is None


CALLER = caller_of("pbx1", "1795.1")


def bridge(*members: str, id: str = BRIDGE, name: str = "dialerd") -> dict[str, Any]:
    return {"id": id, "name": name, "bridge_type": "mixing", "creator": "Stasis", "channels": list(members)}


@pytest.mark.parametrize(
    ("found", "bridges", "seen"),
    [
        (leg("Ringing"), [], LegSeen(LegPlace.RINGING)),
        (leg(), [], LegSeen(LegPlace.RINGING)),  # picked up, and not yet with us
        (leg(app_name="Stasis", app_data="dialerd,leg"), [], LegSeen(LegPlace.WAITING)),
        (leg(app_name="Stasis", app_data="other,leg"), [], LegSeen(LegPlace.ELSEWHERE)),
        (leg(app_name="Playback"), [], LegSeen(LegPlace.ELSEWHERE)),
        ({"id": LEG, "state": "Up"}, [], LegSeen(LegPlace.ELSEWHERE)),
        (
            leg(app_name="Stasis", app_data="dialerd,leg"),
            [bridge(LEG, ID)],
            LegSeen(LegPlace.BRIDGED, BRIDGE, AttemptId(ID)),
        ),
        # the person is gone, or a supervisor listens
        (leg(app_name="Stasis", app_data="dialerd,leg"), [bridge(LEG)], LegSeen(LegPlace.BRIDGED, BRIDGE)),
        (leg(app_name="Stasis", app_data="dialerd,leg"), [bridge("1795.1", LEG)], LegSeen(LegPlace.BRIDGED, BRIDGE)),
        (
            leg(app_name="Stasis", app_data="dialerd,leg"),
            [bridge("1795.1", LEG, id=bridge_of(CALLER))],
            LegSeen(LegPlace.BRIDGED, bridge_of(CALLER), caller_id=CALLER),
        ),
        (leg(app_name="Stasis", app_data="dialerd,leg"), [bridge(ID)], LegSeen(LegPlace.WAITING)),
        (leg(app_name="Stasis", app_data="dialerd,leg"), [bridge(LEG, ID, name="other")], LegSeen(LegPlace.WAITING)),
        (leg(app_name="Stasis", app_data="dialerd,leg"), [{"id": BRIDGE}], LegSeen(LegPlace.WAITING)),
    ],
)
def test_where_a_leg_is_seen_and_with_whom(found: dict[str, Any], bridges: list[dict[str, Any]], seen: LegSeen) -> None:
    assert to_legs([channel(), found, {"id": "1795.1"}], bridges, exchange="pbx1", app="dialerd") == {LEG: seen}


INBOUND = {"type": "StasisStart", "args": ["inbound", "sales"], "channel": {"id": "1795.1", "state": "Up"}}


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (INBOUND, CallerCame("sales")),
        (INBOUND | {"args": ["inbound", "sales", "more"]}, CallerCame("sales")),
        (INBOUND | {"type": "StasisEnd"}, CallerLeft()),
        (INBOUND | {"args": ["link", LEG]}, LinkCame(LegId(LEG))),
        (INBOUND | {"args": ["link", "a123"]}, None),  # somebody has guessed
        (INBOUND | {"args": ["link", LEG, "more"]}, None),
        (INBOUND | {"args": ["inbound"]}, None),
        (INBOUND | {"args": ["answered"]}, None),
        (INBOUND | {"args": ["inbound", 7]}, None),
        (INBOUND | {"type": "ChannelHangupRequest"}, None),
        (INBOUND | {"channel": {"id": ID}}, None),  # a call of ours is no caller, whatever the dialplan says
        (INBOUND | {"channel": {"id": LEG}}, None),
        (INBOUND | {"channel": {"id": "1795.1,1795.2"}}, None),
        (INBOUND | {"channel": {"id": "../endpoints"}}, None),
        (INBOUND | {"channel": None}, None),
        ([INBOUND], None),
    ],
)
def test_what_is_told_of_a_caller(message: object, event: object) -> None:
    told = to_caller_event(message, exchange="pbx1")
    assert told == (None if event is None else ("1795.1", CALLER, event))


def test_who_has_called_and_is_in_our_hands() -> None:
    def at(data: str, channel_id: str = "1795.1", application: str = "Stasis") -> dict[str, Any]:
        return {"id": channel_id, "state": "Up", "dialplan": {"app_name": application, "app_data": data}}

    seen = {CALLER: ("1795.1", CallerSeen("sales"))}
    assert to_callers([at("dialerd,inbound,sales"), channel()], exchange="pbx1", app="dialerd") == seen
    for other in (
        at("other,inbound,sales"),
        at("dialerd,leg"),
        at("dialerd,inbound,sales", ID),
        at("", "1795.1", "Echo"),
    ):
        assert to_callers([other], exchange="pbx1", app="dialerd") == {}
    link = at(f"dialerd,link,{LEG}")
    assert to_callers([link], exchange="pbx1", app="dialerd") == {}
    assert to_links([link, at("other,link,a"), at("dialerd,link,a1")], exchange="pbx1", app="dialerd") == {
        CALLER: ("1795.1", LEG)
    }


def test_two_asterisks_callers_are_two_people() -> None:
    assert caller_of("pbx1", "1795.1") != caller_of("pbx2", "1795.1")
    assert CALLER_ID.match(CALLER)


@pytest.mark.parametrize("other", ["holding", "b" + "0" * 31, BRIDGE.upper(), BRIDGE + "0", "", None, 7])
def test_a_bridge_that_we_have_not_made_is_none_of_our_business(other: object) -> None:
    assert to_bridge_id(bridge() | {"id": other}, app="dialerd") is None
    assert to_bridge_id(bridge(), app="other") is None
    assert to_bridge_id(bridge(), app="dialerd") == BRIDGE


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    row=st.sampled_from(ROWS),
    key=st.sampled_from(["type", "channel", "peer", "args", "playback", "recording", "digit", "cause"]),
    junk=_json,
)
def test_a_strange_message_never_stops_the_stream(row: tuple[dict[str, Any], object], key: str, junk: object) -> None:
    found = to_event(row[0] | {key: junk})
    assert found is None or found[0] == ID
    assert to_event(junk) is None
    assert to_leg_event(row[0] | {key: junk}) is None
    assert to_leg_event(junk) is None


@pytest.mark.parametrize(
    ("found", "place", "status"),
    [
        (channel("Ringing"), ev.Place.RINGING, ""),
        (channel("Down"), ev.Place.RINGING, ""),
        (channel(), ev.Place.RINGING, ""),  # as ChannelStateChange Up has it, a moment before StasisStart
        (channel(app_name="Stasis", app_data="dialerd,answered"), ev.Place.ANSWERED, ""),
        (channel(app_name="AMD", app_data="2000,2200"), ev.Place.DETECTING, ""),
        (channel(app_name="Stasis", app_data="dialerd,amd,HUMAN,HUMAN-700-700"), ev.Place.JUDGED, "HUMAN"),
        (channel(app_name="Stasis", app_data="other,answered"), ev.Place.ELSEWHERE, ""),
        (channel(app_name="Playback"), ev.Place.ELSEWHERE, ""),
        ({"id": ID, "state": "Up"}, ev.Place.ELSEWHERE, ""),
    ],
)
def test_a_channels_position_tells_where_it_is(found: dict[str, Any], place: ev.Place, status: str) -> None:
    assert to_place(found, apps=["dialerd"]) == ev.ChannelSeen(place, amd_status=status)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("22.10.1+dfsg+~cs6.17.60671434-1", False),
        ("22.8.0", False),
        ("22.7.0", True),
        ("20.18.2", False),
        ("20.17.0", True),
        ("18.26.0", True),
        ("16.2.1", True),
        ("23.1.0", False),
        ("certified-22.8-cert1", False),
        ("GIT-master-abc", False),  # somebody who builds it himself
    ],
)
def test_versions_that_tell_endings_wrongly_are_known(version: str, expected: bool) -> None:
    assert too_old(version) is expected


@pytest.mark.parametrize(
    ("endpoint", "amd", "readiness", "said"),
    [
        (("PJSIP", "x"), False, {}, "knows no endpoint PJSIP/x"),
        (("PJSIP", "carrier"), False, {"endpoints": {("PJSIP", "carrier"): "offline"}}, "is offline"),
        (("Local", "out"), True, {"has_amd": False}, "load app_amd.so"),
        (("Local", "out"), True, {"has_dialplan": False}, "extensions_dialerd.conf"),
        (("Local", "out"), False, {"has_amd": False, "has_dialplan": False}, None),
        (("PJSIP", "carrier"), True, {}, None),
    ],
)
def test_what_an_asterisk_lacks_is_said_with_what_to_do(
    endpoint: tuple[str, str], amd: bool, readiness: dict[str, Any], said: str | None
) -> None:
    whole: dict[str, Any] = {"has_amd": True, "has_dialplan": True, "endpoints": {("PJSIP", "carrier"): "online"}}
    lack = Readiness(**(whole | readiness)).lack("pbx1", endpoint=endpoint, amd=amd)
    assert lack is None if said is None else lack is not None and lack.remedy and said in str(lack)


@pytest.mark.parametrize(
    ("state", "goes_on"),
    [("queued", True), ("playing", True), ("continuing", True), ("paused", True), ("done", False), ("failed", False)],
)
def test_a_playback_whose_end_was_told_does_not_play_though_it_is_still_listed(state: str, goes_on: bool) -> None:
    assert is_playing({"id": "p", "state": state}) is goes_on


@pytest.mark.parametrize(
    ("sound", "languages"),
    [
        (
            {"id": "hello", "formats": [{"language": "en", "format": "gsm"}, {"language": "es", "format": "wav"}]},
            ["en", "es"],
        ),
        ({"id": "hello", "formats": []}, []),
        ({"id": "hello"}, []),
        ({"id": "hello", "formats": ["gsm"]}, []),
    ],
)
def test_a_sound_is_had_by_the_languages_of_its_formats(sound: dict[str, object], languages: list[str]) -> None:
    assert to_languages(sound) == languages
