"""A walk through a flow without a call: what somebody types stands for the person and for the world.

Not here: the steps (step.py), which are those of real calls; who types (cli/flowtry.py, web). Nothing is played, asked
or written.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dialerd.domain.errors import BadInputError
from dialerd.domain.flow import moves as m
from dialerd.domain.flow.spec import FlowSpec
from dialerd.domain.flow.step import begin, step
from dialerd.domain.sounds import Recorded, Sound
from dialerd.domain.template import Template

_KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class Told:
    """A line of what goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A line is to be typed: keys, or `fail`, or nothing; or None, which hangs up."""

    prompt: str


Walk = Generator[Told | Asked, str | None, None]
_Typed = Generator[Told | Asked, str | None, str | None]
_Came = Generator[Told | Asked, str | None, list[m.Event] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A walk with lines that were typed before. `awaits`: what it asks for after them; None: it is over."""

    lines: Sequence[str]
    awaits: str | None


def tried(spec: FlowSpec, scene: m.Scene, typed: Iterable[str]) -> Trial:
    """Walk as far as the lines that were typed go."""
    given, lines = iter(typed), list[str]()
    walk = begin_walk(spec, scene)
    try:
        each = next(walk)
        while True:
            if isinstance(each, Told):
                lines.append(each.text)
                each = next(walk)
                continue
            line = next(given, None)
            if line is None:
                return Trial(lines=lines, awaits=each.prompt)
            lines.append(f"{each.prompt}: {line}")
            each = walk.send(line)
    except StopIteration:
        return Trial(lines=lines, awaits=None)


def begin_walk(spec: FlowSpec, scene: m.Scene) -> Walk:
    """From the flow's start; where it asks, a line (stripped) is sent to it."""
    position, commands = begin(spec, scene)
    while True:
        yield Told(f"[{position.node}]")
        for command in commands:
            yield from map(Told, _said(command))
        if position.is_over:
            break
        events = yield from _answer(spec, position, commands)
        if events is None:
            yield Told("they hang up")
            break
        commands = ()
        for event in events:
            position, more = step(spec, position, event, scene)
            commands = (*commands, *more)
            if position.is_over:
                break
    yield Told(f"disposition: {position.disposition or ('answered_human' if position.is_over else 'customer_hangup')}")
    for name, value in position.attributes.items():
        yield Told(f"attribute {name} = {value}")


def _said(command: m.Command) -> Iterator[str]:
    match command:
        case m.Say(sounds=sounds, language=language):
            yield f"  hears ({language}): {' '.join(map(_spelt, sounds))}"
        case m.Omitted(told=told):
            yield from (f"  does not hear it: {each}" for each in told)
        case m.Listen(after_s=after_s):
            yield f"  has {after_s:g} s for a key"
        case m.RecordVoice(label=label, max_s=max_s):
            yield f"  is recorded as {label}, for at most {max_s:g} s"
        case m.RecordBoth(wanted=wanted):
            yield f"  the call would be recorded {'from here on' if wanted else 'no more'}"
        case m.Act(action=m.Speak(texts)):
            yield f"  speech of: {' | '.join(texts)}"
        case m.Act(action=m.Ask(method=method, url=url)):
            yield f"  would ask {method} {url}"
        case m.Act(action=m.CallBack(in_min=in_min, at=at)):
            yield f"  would agree on a callback {f'in {in_min:g} min' if in_min is not None else f'at {at}'}"
        case m.Act(action=m.OptOut(list=name)):
            yield f"  would go onto the do-not-call list of {'everybody' if name == 'global' else 'the campaign'}"
        case m.Act(action=m.Write(template=template, known=known)):
            yield f"  would send as {template.channel}: {_written(template, known)}"
        case m.GiveAway(to=to):
            kind = "the dialplan at " if to.context else "queue " if to.queue else ""
            yield f"  goes to {kind}{to.place}"
        case m.End(failed=failed):
            yield f"  the call ends{f': {failed}' if failed else ''}"


def _written(template: Template, known: Mapping[str, str]) -> str:
    try:
        written = template.write(known)
    except BadInputError as error:
        return f"nothing, for it cannot be written: {error.message}"
    return f"{written.subject} | {written.text}" if written.subject else written.text


def _spelt(sound: Sound) -> str:
    if isinstance(sound, Recorded):
        return sound.name
    return f"{type(sound).__name__.lower()}:{getattr(sound, 'text', '') or getattr(sound, 'value', '')}"


def _line(prompt: str) -> _Typed:
    return (yield Asked(prompt))


def _answer(spec: FlowSpec, at: m.Position, commands: Sequence[m.Command]) -> _Came:
    """What the person, or the world, does about where the call is; None: they hang up."""
    action = next((each.action for each in reversed(commands) if isinstance(each, m.Act)), None)
    match at.stage:
        case m.Stage.PREPARING:
            texts = action.texts if isinstance(action, m.Speak) else ()
            return [m.Acted(at.serial, m.Did(sounds=tuple(f"speech-{index}" for index in range(len(texts)))))]
        case m.Stage.SAYING:
            return [m.Heard(at.serial)]
        case m.Stage.LISTENING:
            return (yield from _typed_keys(spec, at))
        case m.Stage.RECORDING:
            line = yield from _line("Enter when said, or fail")
            return None if line is None else [m.RecordingEnded(at.serial, failed=line == "fail")]
        case m.Stage.AWAY:
            line = yield from _line("Enter: somebody takes them; fail: nobody does")
            return [m.NobodyThere(at.serial)] if line == "fail" else None
    return (yield from _typed_outcome(at, action))


def _typed_keys(spec: FlowSpec, at: m.Position) -> _Came:
    """The keys of a line; what is open after them is ended by time."""
    line = yield from _line("keys")
    if line is None:
        return None
    keys = [each for each in line if each in _KEYS]
    if not keys:
        return [m.Elapsed(at.serial)]
    node = spec.node[at.node]
    elapsed = [m.Elapsed(at.serial + len(keys))] if getattr(node, "inter_digit_s", None) else []
    return [*(m.Pressed(key) for key in keys), *elapsed]


def _typed_outcome(at: m.Position, action: m.Action | None) -> _Came:
    answers = {}
    if isinstance(action, m.Write) and _written(action.template, action.known).startswith("nothing"):
        return [m.Acted(at.serial, m.Undone("it cannot be written", "missing"))]
    for name in action.answers if isinstance(action, m.Ask) else ():
        line = yield from _line(f"{name} (or fail)")
        if line is None or line == "fail":
            return None if line is None else [m.Acted(at.serial, m.Undone("as typed"))]
        answers[name] = line
    if not answers:
        line = yield from _line("Enter when done, or fail")
        if line is None or line == "fail":
            return None if line is None else [m.Acted(at.serial, m.Undone("as typed"))]
    return [m.Acted(at.serial, m.Did(answers))]
