"""step(flow, position, event, scene) -> (position, commands): one call's way through a flow.

Not here: doing anything. Rules of this file
- What comes too late or means nothing at a position changes nothing: nothing raises, whatever comes in whatever order.
- A call enters at most MAX_VISITED nodes, so it ends, whatever the flow.
- Exactly one End or GiveAway is the last thing that a flow asks for; after GiveAway only NobodyThere goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dialerd.domain.filters import matches
from dialerd.domain.flow import nodes
from dialerd.domain.flow.message import Message
from dialerd.domain.flow.moves import (
    Act,
    Acted,
    Action,
    Ask,
    CallBack,
    Did,
    Elapsed,
    End,
    Event,
    GiveAway,
    Heard,
    Listen,
    Move,
    NobodyThere,
    Omitted,
    OptOut,
    Position,
    Pressed,
    RecordBoth,
    RecordingEnded,
    RecordVoice,
    Say,
    Scene,
    Speak,
    Stage,
    StopSaying,
    Undone,
    Write,
)
from dialerd.domain.flow.node import Speaking
from dialerd.domain.flow.prompt import Prompt, Speech, fill, pieces, unsaid
from dialerd.domain.flow.spec import FlowSpec
from dialerd.domain.flow.transfer import Transfer
from dialerd.domain.sounds import Recorded, Sound

MAX_VISITED = 250
"""Nodes that one call enters at most; a check cannot see a loop of a person who leans on a key."""

_MAX_ANSWER = 1000
_UNSAID = "a prompt could not be played"


def begin(flow: FlowSpec, scene: Scene) -> Move:
    """A person has answered."""
    return _enter(flow, Position(node=flow.start, stage=Stage.ACTING), flow.start, scene)


def step(flow: FlowSpec, position: Position, event: Event, scene: Scene) -> Move:
    """What `event` makes of the position, and what is to be done about it."""
    node = flow.node[position.node]
    match position.stage, event:
        case Stage.PREPARING, Acted(serial, outcome) if serial == position.serial:
            return _prepared(flow, position, outcome, scene)
        case Stage.SAYING, Heard(serial, failed) if serial == position.serial:
            return _end(position, _UNSAID) if failed else _said(flow, position, scene)
        case (Stage.SAYING, Pressed(digit)) if isinstance(node, Speaking) and node.barge_in:
            move, commands = _interrupted(flow, position, digit, scene)
            return move, (StopSaying(position.serial), *commands)
        case Stage.LISTENING, Pressed(digit):
            return _pressed(flow, position, digit, scene)
        case Stage.LISTENING, Elapsed(serial) if serial == position.serial:
            return _elapsed(flow, position, scene)
        case Stage.RECORDING, RecordingEnded(serial, failed) if serial == position.serial:
            return _recorded(flow, position, scene, failed=failed)
        case Stage.ACTING, Acted(serial, outcome) if serial == position.serial:
            return _acted(flow, position, outcome, scene)
        case Stage.AWAY, NobodyThere(serial) if serial == position.serial:
            return _unserved(flow, position, scene)
    return position, ()


def values(position: Position, scene: Scene) -> Mapping[str, str]:
    """Every name that a text of the flow can have, with its value."""
    contact = scene.contact
    own = {
        "number": contact.number,
        "list": contact.list,
        "priority": str(contact.priority),
        "zone": contact.zone or "",
    }
    return {**contact.attributes, **position.attributes, **position.answers, **own}


# Entering -------------------------------------------------------------------------------------------------------


def _enter(flow: FlowSpec, position: Position, name: str, scene: Scene, way: str = "") -> Move:
    """Go to a node, and on through those at which nothing is waited for. `way`: by which the one before is left."""
    passed: list[RecordBoth] = []
    while True:
        if position.visited >= MAX_VISITED:
            return _end(position, f"it went through {MAX_VISITED} nodes without an end")
        if position.visited:
            position, way = replace(position, path=(*position.path, (position.node, way))), ""
        position = replace(position, node=name, visited=position.visited + 1, tries=0, digits="", pieces=())
        match flow.node[name]:
            case nodes.Branch() as node:
                name = _branch(node, position, scene)
            case nodes.Set() as node:
                position, name = _set(node, position, scene), node.next
            case nodes.RecordCall() as node:
                passed, name = [*passed, RecordBoth(node.on)], node.next
            case _:
                position, commands = _start(flow, position, scene)
                return position, (*passed, *commands)


def _start(flow: FlowSpec, position: Position, scene: Scene) -> Move:
    known = values(position, scene)
    match flow.node[position.node]:
        case nodes.Play(say=say) | nodes.Menu(say=say) | nodes.Collect(say=say) | nodes.Record(say=say):
            return _say(flow, position, say, scene)
        case nodes.Request() as node:
            send = {key: fill(text, known) for key, text in node.send.items()}
            url = fill_url(node.url, known)
            ask = Ask(method=node.method, url=url, send=send, answers=node.answers, timeout_s=node.timeout_s)
            return _act(position, ask)
        case nodes.Callback() as node:
            at = None if node.at is None else fill(node.at, known).strip()
            return _act(position, CallBack(in_min=node.in_min, at=at, notes=fill(node.notes, known)))
        case nodes.Dnc() as node:
            return _act(position, OptOut(node.list))
        case Message() as node:
            return _act(position, Write(route=node.route, template=node.template, known=known))
        case Transfer() as node:
            position = _next(position, Stage.AWAY)
            number = None if node.number is None else fill(node.number, known).strip()
            return position, (GiveAway(position.serial, node, number),)
        case nodes.HangUp() as node:
            return _end(replace(position, disposition=node.disposition or position.disposition))
    raise AssertionError("at the others nothing is waited for: they are gone through in _enter")


def fill_url(url: str, known: Mapping[str, str]) -> str:
    """An address with its values; none of them can be read as anything but a value."""
    return fill(url, {name: _quoted(value) for name, value in known.items()})


def _quoted(value: str) -> str:
    """RFC 3986: all but the unreserved characters as the percents of their UTF-8; a lone dot would be a path."""
    plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~"
    return "".join(c if c in plain else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace")) for c in value)


def _branch(node: nodes.Branch, position: Position, scene: Scene) -> str:
    record = replace(scene.contact, attributes=values(position, scene))
    held = (rule.next for rule in node.rules if matches(rule.holds_if, record, today=scene.today))
    return next(held, node.otherwise)


def _set(node: nodes.Set, position: Position, scene: Scene) -> Position:
    known = values(position, scene)
    given = {name: _kept(fill(text, known)) for name, text in node.attributes.items()}
    attributes = {**position.attributes, **given}
    return replace(position, attributes=attributes, disposition=node.disposition or position.disposition)


def _kept(value: str) -> str:
    """What can be kept of an answer as an attribute: text of one line."""
    return "".join(each for each in value if each.isprintable())[:_MAX_ANSWER]


def _next(position: Position, stage: Stage) -> Position:
    return replace(position, stage=stage, serial=position.serial + 1)


def _act(position: Position, action: Action) -> Move:
    position = _next(position, Stage.ACTING)
    return position, (Act(position.serial, action),)


def _end(position: Position, failed: str = "") -> Move:
    return _next(position, Stage.OVER), (End(failed),)


# Saying ---------------------------------------------------------------------------------------------------------


def _say(flow: FlowSpec, position: Position, prompt: Prompt, scene: Scene) -> Move:
    language = flow.language.of(scene.contact.attributes)
    known = values(position, scene)
    found, told = pieces(prompt, known, language), unsaid(prompt, known)
    omitted = (Omitted(told),) if told else ()
    position = replace(position, pieces=found, digits="")
    texts = tuple(piece.text for piece in found if isinstance(piece, Speech))
    if texts:
        position = _next(position, Stage.PREPARING)
        return position, (*omitted, Act(position.serial, Speak(texts, language)))
    position, commands = _play(flow, position, tuple(piece for piece in found if not isinstance(piece, Speech)), scene)
    return position, (*omitted, *commands)


def _prepared(flow: FlowSpec, position: Position, outcome: Did | Undone, scene: Scene) -> Move:
    texts = sum(isinstance(piece, Speech) for piece in position.pieces)
    if isinstance(outcome, Undone) or len(outcome.sounds) != texts:
        return _end(position, "a text could not be spoken")
    made = iter(outcome.sounds)
    sounds = tuple(Recorded(next(made)) if isinstance(piece, Speech) else piece for piece in position.pieces)
    return _play(flow, position, sounds, scene)


def _play(flow: FlowSpec, position: Position, sounds: tuple[Sound, ...], scene: Scene) -> Move:
    position = _next(position, Stage.SAYING)
    if not sounds:
        return _said(flow, position, scene)
    return position, (Say(position.serial, sounds, flow.language.of(scene.contact.attributes)),)


def _said(flow: FlowSpec, position: Position, scene: Scene) -> Move:
    """The prompt is over: what the node is for."""
    match flow.node[position.node]:
        case nodes.Play(next=then):
            return _enter(flow, position, then, scene)
        case nodes.Record() as node:
            position = _next(position, Stage.RECORDING)
            voice = RecordVoice(
                serial=position.serial,
                label=position.recording or "",
                max_s=node.max_s,
                silence_s=node.silence_s,
                ends_on=node.ends_on,
                beep=node.beep,
            )
            return position, (voice,)
        case nodes.Menu(timeout_s=timeout_s) | nodes.Collect(timeout_s=timeout_s):
            return _listen(position, timeout_s)
    return position, ()


def _listen(position: Position, after_s: float) -> Move:
    position = _next(position, Stage.LISTENING)
    return position, (Listen(position.serial, after_s),)


def _interrupted(flow: FlowSpec, position: Position, digit: str, scene: Scene) -> Move:
    match flow.node[position.node]:
        case nodes.Menu() | nodes.Collect():
            return _pressed(flow, position, digit, scene)
        case _:  # a key that ends what is said is used up by that
            return _said(flow, position, scene)


# Keys -----------------------------------------------------------------------------------------------------------


def _pressed(flow: FlowSpec, position: Position, digit: str, scene: Scene) -> Move:
    match flow.node[position.node]:
        case nodes.Menu() as node:
            to = node.keys.get(digit)
            if to is None:
                return _again(flow, position, scene, invalid=True)
            return _enter(flow, _answered(position, node.answer, digit), to, scene, digit)
        case nodes.Collect() as node:
            if digit == node.terminator:
                return _collected(flow, position, node, scene)
            position = replace(position, digits=position.digits + digit)
            if len(position.digits) >= node.max:
                return _collected(flow, position, node, scene)
            return _listen(position, node.inter_digit_s)
    return position, ()


def _collected(flow: FlowSpec, position: Position, node: nodes.Collect, scene: Scene) -> Move:
    if len(position.digits) < node.min:
        return _again(flow, position, scene, invalid=True)
    return _enter(flow, _answered(position, node.answer, position.digits), node.next, scene, "answer")


def _elapsed(flow: FlowSpec, position: Position, scene: Scene) -> Move:
    node = flow.node[position.node]
    if isinstance(node, nodes.Collect) and position.digits:
        return _collected(flow, position, node, scene)
    return _again(flow, position, scene, invalid=False)


def _again(flow: FlowSpec, position: Position, scene: Scene, *, invalid: bool) -> Move:
    """Ask once more, or give up."""
    node = flow.node[position.node]
    assert isinstance(node, nodes.Menu | nodes.Collect), "nothing else listens"
    position = replace(position, tries=position.tries + 1)
    if position.tries >= node.tries:
        if isinstance(node, nodes.Collect):
            return _enter(flow, position, node.on_fail, scene, "fail")
        to, way = (node.on_invalid, "invalid") if invalid and node.on_invalid else (node.on_timeout, "timeout")
        return _enter(flow, position, to, scene, way)
    first = node.say_invalid if invalid else node.say_timeout
    return _say(flow, position, (*first, *node.say), scene)


def _answered(position: Position, name: str | None, value: str) -> Position:
    return position if name is None else replace(position, answers={**position.answers, name: value})


# What was done --------------------------------------------------------------------------------------------------


def _recorded(flow: FlowSpec, position: Position, scene: Scene, *, failed: bool) -> Move:
    node = flow.node[position.node]
    assert isinstance(node, nodes.Record), "nothing else records"
    if failed:
        return _enter(flow, position, node.on_fail or node.next, scene, "fail")
    return _enter(flow, _answered(position, node.answer, position.recording or ""), node.next, scene, "recorded")


def _acted(flow: FlowSpec, position: Position, outcome: Did | Undone, scene: Scene) -> Move:
    match flow.node[position.node], outcome:
        case nodes.Request() as node, Did(answers=answers) if set(node.answers) <= set(answers):
            kept = {name: _kept(answers[name]) for name in node.answers}
            return _enter(flow, replace(position, answers={**position.answers, **kept}), node.next, scene, "done")
        case ((nodes.Callback(next=to) | nodes.Dnc(next=to) | Message(next=to)), Did()):
            return _enter(flow, position, to, scene, "done")
        case ((nodes.Request(on_fail=to) | nodes.Callback(on_fail=to)), _):
            return _enter(flow, position, to, scene, "fail")
        case Message() as node, Undone(word=word):
            return _enter(flow, _answered(position, node.answer, word), node.on_fail, scene, "fail")
        case nodes.Dnc(on_fail=on_fail), Undone(reason):
            if on_fail is None:
                return _end(position, f"the opt-out could not be kept: {reason}")
            return _enter(flow, position, on_fail, scene, "fail")
    return position, ()


def _unserved(flow: FlowSpec, position: Position, scene: Scene) -> Move:
    node = flow.node[position.node]
    assert isinstance(node, Transfer), "nothing else gives away"
    if node.on_no_agent is None:
        return _end(position, "the dialplan would not take the call")
    return _enter(flow, position, node.on_no_agent, scene, "no agent")
