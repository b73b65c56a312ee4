"""What is played to a simulated callee, recorded and heard of them: one thing after the other, as Asterisk does it.

Not here: whose call it is and whether it may (exchange.py), how long sounds are (premises.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from dialerd.domain.call import events as ev
from dialerd.domain.call.commands import Record
from dialerd.domain.recording import EndsOn
from dialerd.domain.sounds import Characters, Digits, Number, Recorded, Sound, Tone
from dialerd.ports import Clock, Timer
from dialerd.simulate.channel import Channel, Piece
from dialerd.simulate.line import STEP_S, Line
from dialerd.simulate.premises import Premises

_DIGIT_S, _LETTER_S, _NUMBER_S = 0.8, 0.7, 1.7  # of Debian's English sounds
_BEEP_S = 0.98
_HEARD_S = 0.02  # one frame: then talk has begun


class VoiceDesk:
    """`later` and `tell` are the exchange's own: a timer of that channel, an event of its call."""

    def __init__(
        self,
        line: Line,
        premises: Premises,
        later: Callable[[Channel, float, Callable[[], None]], Timer],
        tell: Callable[[Channel, ev.CallEvent], None],
        leave_after: Callable[[Channel, float | None], None],
    ) -> None:
        self._line = line
        self._premises = premises
        self._later = later
        self._tell = tell
        self._leave_after = leave_after

    @property
    def _clock(self) -> Clock:
        return self._line.clock

    def furnish(self, premises: Premises) -> None:
        self._premises = premises

    # What is asked

    def play(self, channel: Channel, playback_id: str, sounds: Sequence[Sound]) -> None:
        lengths = [self._length_of(sound) for sound in sounds]
        # What is not there is left out; as the last it spoils the whole.
        known = [each for each in lengths if each is not None]
        length_s = sum(known) or self._line.about(STEP_S)
        endless = any(isinstance(sound, Tone) for sound in sounds)

        def over(broken: bool) -> None:
            failed = broken or lengths[-1] is None
            if not failed and not piece.is_stopped:
                names = [sound.name for sound in sounds if isinstance(sound, Recorded)]
                channel.row.heard = (*channel.row.heard, *names)
                self._answer_us(channel)
            self._tell(channel, ev.PlaybackEnded(playback_id, failed=failed))

        def begins() -> float | None:
            self._hears(channel, None if endless else length_s)
            return None if endless else length_s

        piece = Piece(playback_id, begins, over)
        self._put(channel, piece)

    def record(self, channel: Channel, wanted: Record) -> None:
        began: list[float] = []

        def length_s() -> float:
            start = self._clock.steady() + (_BEEP_S if wanted.beep else 0.0)
            began.append(start)
            if (listener := channel.behaviour.listener) is not None:
                spoken_s = listener.is_asked(channel.plan.attempt_id)
                channel.voice.spans = [*channel.voice.spans, (start, start + spoken_s)]
            longest = start + wanted.max_s
            if wanted.silence_s is not None:
                longest = min(longest, self._silent_at(channel, start, wanted.silence_s))
            return longest - self._clock.steady()

        def over(_broken: bool) -> None:
            lasted_s = max(0, int(self._clock.steady() - began[0])) if began else 0
            self._tell(channel, ev.RecordingEnded(wanted.name, duration_s=float(lasted_s)))

        self._put(channel, Piece(wanted.name, length_s, over, ends_on=wanted.ends_on))

    def stop(self, channel: Channel, key: str) -> None:
        """What has not begun is over as soon as it is its turn."""
        for piece in channel.voice.pieces:
            if piece.key == key:
                piece.is_stopped = True
        head = channel.voice.pieces[0] if channel.voice.pieces else None
        if head is not None and head.key == key:
            self._next(channel)

    def then(self, channel: Channel, action: Callable[[], None]) -> None:
        """Do it at once, or when what plays is over."""
        if not channel.voice.pieces:
            action()
        else:
            step_s = self._line.about(STEP_S)
            self._put(channel, Piece("", lambda: step_s, lambda broken: None if broken else action()))

    def watch(self, channel: Channel, silence_s: float | None) -> None:
        voice = channel.voice
        for timer in voice.watchers:
            timer.cancel()
        voice.watchers.clear()
        if silence_s is None:
            voice.is_talking = False
            return
        now = self._clock.steady()
        for begins, ends in _bursts(voice.spans, silence_s):
            if ends <= now:
                continue
            begins = max(begins, now)
            if not (voice.is_talking and begins == now):
                voice.watchers.append(self._later(channel, begins + _HEARD_S - now, lambda: self._began(channel)))
            told_s, lasted_s = ends + silence_s - now, max(0.0, ends - begins)
            voice.watchers.append(self._later(channel, told_s, partial(self._ended, channel, lasted_s)))

    # What the callee does

    def press(self, channel: Channel, digit: str) -> None:
        self._tell(channel, ev.Pressed(digit))
        head = channel.voice.pieces[0] if channel.voice.pieces else None
        if head is not None and (head.ends_on is EndsOn.ANY or head.ends_on.value == digit):
            self._next(channel)

    def _hears(self, channel: Channel, length_s: float | None) -> None:
        listener = channel.behaviour.listener
        reaction = None if listener is None else listener.hears(channel.plan.attempt_id, length_s)
        if reaction is None:
            return
        for timer in channel.voice.fingers:
            timer.cancel()
        channel.voice.fingers = [
            self._later(channel, after_s, partial(self.press, channel, key)) for after_s, key in reaction.presses
        ]
        self._leave_after(channel, reaction.leaves_s)

    def break_off(self, channel: Channel) -> None:
        """The call ends; so does what plays, and what was to play."""
        pieces = list(channel.voice.pieces)
        channel.voice.pieces.clear()
        for piece in pieces:
            piece.over(True)

    def _answer_us(self, channel: Channel) -> None:
        """The callee has heard a sound of ours to its end; to the first it answers."""
        behaviour, now = channel.behaviour, self._clock.steady()
        if not behaviour.answers_us or channel.voice.has_answered_us:
            return
        channel.voice.has_answered_us = True
        answers = [(now + begins, now + ends) for begins, ends in behaviour.answers_us]
        channel.voice.spans = [*channel.voice.spans, *answers]
        if behaviour.leaves_us_s is not None:
            self._leave_after(channel, behaviour.leaves_us_s)

    # One thing after the other

    def _put(self, channel: Channel, piece: Piece) -> None:
        channel.voice.pieces.append(piece)
        if len(channel.voice.pieces) == 1:
            self._begin(channel, piece)

    def _begin(self, channel: Channel, piece: Piece) -> None:
        length_s = piece.length_s()
        if length_s is not None:
            piece.timer = self._later(channel, length_s, lambda: self._next(channel))

    def _next(self, channel: Channel) -> None:
        pieces = channel.voice.pieces
        piece = pieces.popleft()
        if piece.timer is not None:
            piece.timer.cancel()
        piece.over(False)
        while pieces and pieces[0].is_stopped:
            pieces.popleft().over(False)
        if pieces:
            self._begin(channel, pieces[0])

    def _began(self, channel: Channel) -> None:
        channel.voice.is_talking = True
        self._tell(channel, ev.TalkBegan())

    def _ended(self, channel: Channel, lasted_s: float) -> None:
        channel.voice.is_talking = False
        self._tell(channel, ev.TalkEnded(lasted_s))

    def _silent_at(self, channel: Channel, start: float, silence_s: float) -> float:
        """When the callee has been silent for that long, counted from `start` on."""
        quiet_from = start
        for begins, ends in channel.voice.spans:
            if ends > quiet_from and begins < quiet_from + silence_s:
                quiet_from = ends
        return quiet_from + silence_s

    def _length_of(self, sound: Sound) -> float | None:
        match sound:
            case Recorded(name):
                return self._premises.length_of(name)
            case Digits(text):
                return _DIGIT_S * len(text)
            case Characters(text):
                return _LETTER_S * len(text)
            case Number():
                return _NUMBER_S
            case _:
                return self._premises.sound_s


def _bursts(spans: Sequence[tuple[float, float]], silence_s: float) -> list[tuple[float, float]]:
    """The spans of sound, those with less than that silence between them taken together."""
    bursts: list[tuple[float, float]] = []
    for begins, ends in spans:
        if bursts and begins - bursts[-1][1] < silence_s:
            bursts[-1] = bursts[-1][0], ends
        else:
            bursts.append((begins, ends))
    return bursts
