"""ARI's JSON to typed events: pure, total, in one place.

Not here: reading the socket (session.py) and what an event leads to (domain/call/step.py). What cannot be read, or
is no channel of ours, is None: a strange message must never stop the stream.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dialerd.domain.call import events as ev
from dialerd.domain.caller import CallerCame, CallerEvent, CallerLeft, CallerSeen, LinkCame, caller_of
from dialerd.domain.leg import SPY_ID, LegAnswered, LegEvent, LegGone, LegPlace, LegRang, LegSeen, bridge_of
from dialerd.domain.recording import SNOOP_ID, attempt_of
from dialerd.domain.words import ATTEMPT_ID, BRIDGE_ID, LEG_ID, AttemptId, BridgeId, CallerId, LegId

Json = Mapping[str, Any]

_CHANNEL_ID = re.compile(r"[A-Za-z0-9_.:@-]{1,150}\Z")  # Asterisk's own are [SYSTEM-]SECONDS.NUMBER

_MOST = 2**31
_LONGEST, _ARGS = 200, 10  # characters of a word, and how many of them

_KEY = re.compile(r"[0-9*#A-D]\Z")

UNWANTED = (
    "ApplicationRegistered",
    "BridgeCreated",
    "BridgeDestroyed",
    "BridgeMerged",
    "ChannelCallerId",
    "ChannelConnectedLine",
    "ChannelCreated",
    "ChannelDialplan",
    "ChannelEnteredBridge",
    "ChannelLeftBridge",
    "ChannelVarset",
    "EndpointStateChange",
    "PlaybackContinuing",
    "PlaybackStarted",
    "RecordingStarted",
)
"""Event types filtered at the source: nothing here reads them, and they are more than half of all bytes."""


def parse(text: str) -> object:
    """A message of the socket; None: it is no JSON, or nested as nothing is that Asterisk sends."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def replaced(message: Json) -> bool:
    """Another client has taken our application: this socket stays open and is never told anything again."""
    return message.get("type") == "ApplicationReplaced"


def to_event(message: object) -> tuple[AttemptId, ev.CallEvent] | None:
    """What a message says of which call of ours."""
    if not isinstance(message, dict):
        return None
    kind = message.get("type")
    if kind == "PlaybackFinished":
        return _playback(message)
    if kind in ("RecordingFinished", "RecordingFailed"):
        return _recording(message)
    channel = _channel_of(message)
    attempt_id = to_attempt_id(channel.get("id"))
    if attempt_id is None:
        return None
    event = _channel_event(kind, message, channel)
    return None if event is None else (attempt_id, event)


def to_leg_event(message: object) -> tuple[LegId, LegEvent] | None:
    """What a message says of which agent's leg of ours."""
    if not isinstance(message, dict):
        return None
    channel = _channel_of(message)
    leg_id = to_leg_id(channel.get("id"))
    if leg_id is None:
        return None
    event = _channel_event(message.get("type"), message, channel)
    match event:
        case ev.Rang():
            return leg_id, LegRang()
        case ev.Destroyed(cause, sip_code):
            return leg_id, LegGone(cause, sip_code)
    entered = message.get("type") == "StasisStart" and message.get("args") == ["leg"]
    return (leg_id, LegAnswered()) if entered else None


def to_caller_event(message: object, *, exchange: str) -> tuple[str, CallerId, CallerEvent] | None:
    """What a message says of which caller: the channel's own id, then the caller's. A channel is a caller's when the
    dialplan has handed it over as `inbound,QUEUE`, a link's as `link,LEG`; that one has left is said of every channel
    that is not of ours."""
    if not isinstance(message, dict) or message.get("type") not in ("StasisStart", "StasisEnd"):
        return None
    channel_id = to_foreign_id(_channel_of(message).get("id"))
    if channel_id is None:
        return None
    caller_id = caller_of(exchange, channel_id)
    if message.get("type") == "StasisEnd":
        return channel_id, caller_id, CallerLeft()
    match message.get("args"):
        case ["inbound", str(queue), *_]:
            return channel_id, caller_id, CallerCame(_word(queue))
        case ["link", token] if (leg_id := to_leg_id(token)) is not None:
            return channel_id, caller_id, LinkCame(leg_id)
        case _:
            return None


def to_foreign_id(value: object) -> str | None:
    """A channel id that dialerd has not given, and that is safe in a request; None: it is not one."""
    if not isinstance(value, str) or to_attempt_id(value) or to_leg_id(value) or _is_ear(value):
        return None
    return value if _CHANNEL_ID.match(value) else None


def _is_ear(channel_id: str) -> bool:
    """Whether it is a channel by which we record a call or listen to one."""
    return bool(SNOOP_ID.match(channel_id) or SPY_ID.match(channel_id))


def to_callers(channels: Iterable[Json], *, exchange: str, app: str) -> dict[CallerId, tuple[str, CallerSeen]]:
    """Every caller of `GET /channels` who is in our hands, with the channel's own id."""
    found: dict[CallerId, tuple[str, CallerSeen]] = {}
    for channel in channels:
        channel_id = to_foreign_id(channel.get("id"))
        match _held_by(channel):
            case ("Stasis", [ours, "inbound", queue, *_]) if ours == app and channel_id is not None:
                found[caller_of(exchange, channel_id)] = channel_id, CallerSeen(queue)
    return found


def to_links(channels: Iterable[Json], *, exchange: str, app: str) -> dict[CallerId, tuple[str, LegId]]:
    """Every link of `GET /channels` that is in our hands, with the channel's own id."""
    found: dict[CallerId, tuple[str, LegId]] = {}
    for channel in channels:
        channel_id = to_foreign_id(channel.get("id"))
        match _held_by(channel):
            case ("Stasis", [ours, "link", token]) if ours == app and channel_id is not None:
                if (leg_id := to_leg_id(token)) is not None:
                    found[caller_of(exchange, channel_id)] = channel_id, leg_id
    return found


def _held_by(channel: Json) -> tuple[str, list[str]]:
    """The dialplan application that has a channel, and its arguments."""
    dialplan = channel.get("dialplan")
    position = dialplan if isinstance(dialplan, dict) else {}
    return _word(position.get("app_name", "")), _word(position.get("app_data", "")).split(",")


def _channel_of(message: Json) -> Json:
    """The channel that a message is about; empty: it is about none."""
    channel = message.get("peer") if message.get("type") == "Dial" else message.get("channel")
    return channel if isinstance(channel, dict) else {}


def _channel_event(kind: object, message: Json, channel: Json) -> ev.CallEvent | None:
    match kind:
        case "Dial":
            return ev.Rang() if message.get("dialstatus") in ("RINGING", "PROGRESS") else None
        case "ChannelStateChange":
            state = channel.get("state")
            return ev.Rang() if state == "Ringing" else ev.PickedUp() if state == "Up" else None
        case "StasisStart":
            return _entered(message.get("args"))
        case "ChannelDtmfReceived":
            digit = message.get("digit")
            return ev.Pressed(digit) if isinstance(digit, str) and _KEY.match(digit) else None
        case "ChannelTalkingStarted":
            return ev.TalkBegan()
        case "ChannelTalkingFinished":
            return ev.TalkEnded((_number(message.get("duration")) or 0) / 1000)
        case "ChannelHangupRequest":
            # A soft one is our own DELETE coming back; its cause (32) says nothing about the call.
            return None if message.get("soft") else ev.HangupRequested(*_causes(message))
        case "ChannelDestroyed":
            return ev.Destroyed(*_causes(message))
        case _:
            return None


def _entered(args: object) -> ev.CallEvent | None:
    """A channel came into our application: answered, or back from AMD as `amd,STATUS,CAUSE`, from Asterisk's own queue
    as `queue,STATUS`."""
    words = [_word(word) for word in args[:_ARGS]] if isinstance(args, list) else []
    match words:
        case ["answered", *_]:
            return ev.Answered()
        case ["queue", *rest]:
            return ev.LeftQueue(rest[0] if rest else "")
        case ["amd"]:
            return ev.AmdHeard("")
        case ["amd", status, *rest]:
            return ev.AmdHeard(status, rest[0] if rest else "")
        case _:
            return None


def _playback(message: Json) -> tuple[AttemptId, ev.CallEvent] | None:
    playback = message.get("playback")
    if not isinstance(playback, dict):
        return None
    kind, _, channel_id = str(playback.get("target_uri", "")).partition(":")
    attempt_id = to_attempt_id(channel_id)
    if kind != "channel" or attempt_id is None:
        return None
    failed = playback.get("state") == "failed"
    return attempt_id, ev.PlaybackEnded(_word(playback.get("id", "")), failed=failed)


def _recording(message: Json) -> tuple[AttemptId, ev.CallEvent] | None:
    """Whose it is, its name tells: what is recorded need not be the call's own channel."""
    recording = message.get("recording")
    if not isinstance(recording, dict):
        return None
    name = str(recording.get("name", ""))
    attempt_id = attempt_of(name)
    if attempt_id is None:
        return None
    failed = message.get("type") == "RecordingFailed"
    return attempt_id, ev.RecordingEnded(name, failed=failed, duration_s=float(_number(recording.get("duration")) or 0))


def _causes(message: Json) -> tuple[int | None, int | None]:
    """Q.850 cause, and the SIP status where the version tells it (tech_cause, 20.17 and 22.7 on)."""
    return _number(message.get("cause")), _number(message.get("tech_cause")) or None


def _number(value: object) -> int | None:
    """A number as Asterisk has them: one that no column can have would keep its call from being settled."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST else None


def _word(value: object) -> str:
    """What the dialplan or a carrier says, as it can be kept: of some length, and text."""
    return str(value)[:_LONGEST].encode("utf-8", "replace").decode().replace("\0", "")


def to_attempt_id(value: object) -> AttemptId | None:
    """The attempt a channel id stands for; None: not a channel that dialerd has dialed."""
    return AttemptId(value) if isinstance(value, str) and ATTEMPT_ID.match(value) else None


def to_leg_id(value: object) -> LegId | None:
    """The leg a channel id stands for; None: not an agent's leg."""
    return LegId(value) if isinstance(value, str) and LEG_ID.match(value) else None


def to_bridge_id(bridge: Json, *, app: str) -> BridgeId | None:
    """The id of a bridge that was made for the application `app`; None: somebody else's."""
    value = bridge.get("id")
    ours = isinstance(value, str) and BRIDGE_ID.match(value) and bridge.get("name") == app
    return BridgeId(str(value)) if ours else None


def to_legs(channels: Iterable[Json], bridges: Iterable[Json], *, exchange: str, app: str) -> dict[LegId, LegSeen]:
    """Where each leg of `GET /channels` is, by `GET /bridges` asked after it."""
    in_bridge: dict[str, LegSeen] = {}
    for bridge in bridges:
        bridge_id = to_bridge_id(bridge, app=app)
        members = bridge.get("channels")
        if bridge_id is not None and isinstance(members, list):
            calls = [attempt_id for attempt_id in map(to_attempt_id, members) if attempt_id is not None]
            others = [caller_of(exchange, each) for each in map(to_foreign_id, members) if each is not None]
            callers = [each for each in others if bridge_of(each) == bridge_id]
            seen = LegSeen(LegPlace.BRIDGED, bridge_id, calls[0] if calls else None, callers[0] if callers else None)
            in_bridge |= {str(member): seen for member in members}
    legs = [(to_leg_id(channel.get("id")), channel) for channel in channels]
    return {leg_id: in_bridge.get(leg_id) or _leg_place(channel, app) for leg_id, channel in legs if leg_id is not None}


def _leg_place(channel: Json, app: str) -> LegSeen:
    application, arguments = _held_by(channel)
    if channel.get("state") != "Up" or application == "AppDial2":  # see to_place
        return LegSeen(LegPlace.RINGING)
    waits = application == "Stasis" and arguments == [app, "leg"]
    return LegSeen(LegPlace.WAITING if waits else LegPlace.ELSEWHERE)


def is_playing(playback: Json) -> bool:
    """Whether a playback of `GET /playbacks/{id}` still goes on: one whose end was told stays listed until its thread
    has cleaned up (Asterisk 22, res_stasis_playback: the state is published first)."""
    return playback.get("state") not in ("done", "failed")


def to_place(channel: Json, *, apps: Collection[str], playing: bool | None = None) -> ev.ChannelSeen:
    """Where a channel of `GET /channels` is; its dialplan position tells which application holds it."""
    if channel.get("state") != "Up":
        return ev.ChannelSeen(ev.Place.RINGING)
    application, arguments = _held_by(channel)
    if application == "AppDial2":
        # Between two applications: answered and not yet with us, or on its way from AMD. The event that tells is to
        # come, so it is not ELSEWHERE, where nothing more would be done for the person who has just answered.
        return ev.ChannelSeen(ev.Place.RINGING)
    if application == "AMD":
        return ev.ChannelSeen(ev.Place.DETECTING)
    if application == "Stasis":
        match arguments:
            case [ours, "amd", status, *_] if ours in apps:
                return ev.ChannelSeen(ev.Place.JUDGED, amd_status=status, playing=playing)
            case [ours, "answered", *_] if ours in apps:
                return ev.ChannelSeen(ev.Place.ANSWERED, playing=playing)
            case [ours, "queue", *_] if ours in apps:
                return ev.ChannelSeen(ev.Place.BACK, playing=playing)
    return ev.ChannelSeen(ev.Place.ELSEWHERE, playing=playing)


def to_languages(sound: Mapping[str, Any]) -> list[str]:
    """The languages that have a sound, as GET /sounds lists its formats."""
    formats = sound.get("formats")
    return [str(each.get("language", "")) for each in formats or () if isinstance(each, dict)]
