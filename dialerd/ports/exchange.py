"""An Exchange is one switch: a real Asterisk or the simulated one. What is asked of it and what it tells.

Not here: any behaviour (adapters/ari, simulate/exchange.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dialerd.domain.call import CallPlan
from dialerd.domain.call.commands import Record
from dialerd.domain.call.events import CallEvent, ChannelSeen, OriginateRefused, OriginateTaken, OriginateUnclear
from dialerd.domain.caller import CallerEvent, CallerSeen
from dialerd.domain.leg import LegEvent, LegSeen
from dialerd.domain.sounds import Sound
from dialerd.domain.steering import Spy
from dialerd.domain.words import AttemptId, BridgeId, CallerId, LegId, Person


@dataclass(frozen=True, slots=True)
class Done:
    """The exchange did it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such channel (any more): a normal result between two machines."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not done; the channel may still be there. `is_unclear`: no answer came, so it may have been done."""

    reason: str
    is_unclear: bool = False


Reply = Done | Gone | Failed
DialReply = OriginateTaken | OriginateRefused | OriginateUnclear


@dataclass(frozen=True, slots=True)
class ExchangeUp:
    """The event stream is proven alive, filters and checks are done: reconcile, then dial."""


@dataclass(frozen=True, slots=True)
class ExchangeDown:
    """The event stream is not proven alive; events from now on may be lost. Not an error by itself.

    `is_dead`: nobody listens at its place, on a machine that answers: its process is not there, nor are its calls.
    """

    reason: str
    is_dead: bool = False


ExchangeEvent = ExchangeUp | ExchangeDown


class ExchangeSink(Protocol):
    """Where an exchange delivers. Called in the order things arrived; must return at once and never raise."""

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: CallEvent) -> None: ...
    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None: ...
    def on_caller_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None: ...
    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None: ...


class Exchange(Protocol):
    """One switch. Only what dialing needs; every operation has a time limit and none raises for a missing channel."""

    @property
    def name(self) -> str: ...

    @property
    def is_alive(self) -> bool:
        """Whether a call may be placed: its event stream is proven alive at this moment."""
        ...

    def trouble(self, *, endpoint: tuple[str, str], amd: bool) -> str | None:
        """Why this exchange cannot carry a call over that endpoint (technology, name); None: it can."""
        ...

    async def run(self, sink: ExchangeSink) -> None:
        """Connect, deliver events, reconnect with backoff; returns when cancelled."""
        ...

    async def originate(self, plan: CallPlan) -> DialReply: ...

    async def detect(self, attempt_id: AttemptId) -> Reply: ...
    async def hand_over(self, attempt_id: AttemptId, context: str, extension: str) -> Reply: ...
    async def hang_up(self, attempt_id: AttemptId) -> Reply: ...

    # What is played and heard in a call that is in our hands; see the commands of domain/call

    async def play(self, attempt_id: AttemptId, playback_id: str, sounds: Sequence[Sound], language: str = "") -> Reply:
        """PlaybackEnded follows, when these and all that was asked for before are over."""
        ...

    async def stop_playing(self, attempt_id: AttemptId, playback_id: str) -> Reply:
        """Done as well when it is over already, or the call is."""
        ...

    async def start_recording(self, attempt_id: AttemptId, wanted: Record) -> Reply:
        """Record what the person says; RecordingEnded follows. Failed: nothing is recorded, and nothing follows."""
        ...

    async def stop_recording(self, attempt_id: AttemptId, name: str) -> Reply:
        """Done as well when it is over already, or the call is."""
        ...

    async def record_call(self, attempt_id: AttemptId, name: str) -> Reply:
        """Record both sides of an answered call wherever it is, one recording at a time; RecordingEnded follows, with
        the call's end at the latest. Failed: nothing is recorded, and nothing follows."""
        ...

    async def stop_recording_call(self, attempt_id: AttemptId, name: str) -> Reply:
        """Done as well when it is over already, or the call is."""
        ...

    async def delete_recording(self, name: str) -> Reply:
        """Delete the sound of a recording that has ended. Gone: there is none."""
        ...

    async def hold_call(self, attempt_id: AttemptId, music: str) -> Reply:
        """Let a person who is in no bridge wait with music of that class, until anything else is asked for them."""
        ...

    async def watch(self, attempt_id: AttemptId, silence_s: float | None) -> Reply:
        """Tell of the person's talking (commands.Watch), until the call ends. Asked again: only the silence changes."""
        ...

    async def look(self, attempt_id: AttemptId, playback_id: str | None) -> ChannelSeen | Gone | Failed:
        """Where one channel is."""
        ...

    async def channels(self) -> dict[AttemptId, ChannelSeen]:
        """Every living call of ours. Raises ExchangeError when the exchange cannot be asked."""
        ...

    async def sounds(self) -> Mapping[str, Collection[str]] | None:
        """Every sound of its own folder with the languages that have it; None: it does not tell."""
        ...

    # Agents: a leg is the call to an agent's phone; what comes of it is told by on_leg_event

    async def dial_leg(self, leg_id: LegId, dial_string: str, *, caller_id: str, ring_s: float) -> DialReply:
        """Ring an agent. A refusal's reason says what is wrong with the phone; after it no event comes."""
        ...

    async def hold(self, leg_id: LegId, music: str) -> Reply:
        """Let an answered leg that is in no bridge wait with music of that class."""
        ...

    async def connect(self, leg_id: LegId, person: Person) -> Reply:
        """Let these two, and nobody else, talk in the person's bridge. The music of both ends first.

        Done: both are on their way into it; asking again comes to the same. Gone: one of them is, and its own event
        tells which. Unless it is unclear, nothing else than Done leaves a bridge behind; the leg, where it lives, then
        waits in silence: hold it again.
        """
        ...

    async def join(self, leg_id: LegId, person: Person) -> Reply:
        """Let a third one into the person's bridge, beside the two who talk there. Its music ends first.

        `connect` of either leg, asked after it, leaves the other one out. Gone: the leg is, or that bridge. Failed: it
        is where it was, unless it is unclear; a leg that waited does so in silence then.
        """
        ...

    async def end_bridge(self, person: Person) -> Reply:
        """Remove the person's bridge; who is in it lives on apart, in silence."""
        ...

    async def hang_up_leg(self, leg_id: LegId) -> Reply: ...

    async def legs(self) -> dict[LegId, LegSeen]:
        """Every living leg of ours, and with whom it is. Raises ExchangeError when the exchange cannot be asked."""
        ...

    async def bridges(self) -> list[BridgeId]:
        """Every bridge of ours but those that `connect` is filling at this moment. Raises ExchangeError."""
        ...

    # What people ask of two who talk

    async def mute(self, leg_id: LegId, wanted: bool) -> Reply:
        """Let nobody hear the agent, or again. Asked twice it comes to the same."""
        ...

    async def comfort(self, person: Person, music: str | None) -> Reply:
        """Let a person, in a bridge or not, hear music of that class, and nobody hear them; None: no more. Asked twice
        it comes to the same."""
        ...

    async def send_keys(self, person: Person, keys: str) -> Reply:
        """Send keys to a person's line, one after the other."""
        ...

    async def spy(self, leg_id: LegId, agent: LegId, how: Spy) -> Reply:
        """Let an answered leg hear what the agent at the other one says and hears, and be heard as `how` says; asked
        again, only that changes. It goes on until either leg is over, or `end_spy`.

        Unless it is unclear, nothing else than Done leaves anything behind; Gone: the agent's leg is over.
        """
        ...

    async def end_spy(self, leg_id: LegId) -> Reply:
        """Let the leg hear nobody any more, also where it is over; where it lives, in silence. Done as well when it did
        not listen."""
        ...

    async def spies(self) -> set[LegId]:
        """The legs of which something is there by which they listen, whether or not they are. Raises ExchangeError."""
        ...

    # Callers: people who have called; what comes of it is told by on_caller_event

    async def hold_caller(self, caller_id: CallerId, music: str) -> Reply:
        """Let a caller who is in no bridge wait with music of that class."""
        ...

    async def let_go(self, caller_id: CallerId) -> Reply:
        """Let a caller go on in the admin's dialplan, behind where we were called. CallerLeft follows."""
        ...

    async def hang_up_caller(self, caller_id: CallerId) -> Reply: ...

    async def answer_caller(self, caller_id: CallerId) -> Reply:
        """Pick up for a link that has come (LinkCame): its leg is answered by that."""
        ...

    async def links(self) -> dict[CallerId, LegId]:
        """Every link in our hands that has come from another server, and of which leg it is the far end. Raises
        ExchangeError when the exchange cannot be asked."""
        ...

    async def callers(self) -> dict[CallerId, CallerSeen]:
        """Every caller in our hands. Raises ExchangeError when the exchange cannot be asked."""
        ...
