"""`dialerd flow try`: walk through a flow in the terminal; keys are typed, what a call would hear is printed.

Not here: the steps (domain/flow/step.py), which are those of real calls. Nothing is played, asked or written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, one_line
from dialerd.cli.flow import flow, flow_of
from dialerd.domain.errors import BadInputError
from dialerd.domain.filters import Record
from dialerd.domain.flow import moves as m
from dialerd.domain.flow.spec import FlowSpec
from dialerd.domain.flow.step import begin, step
from dialerd.domain.sounds import Recorded, Sound
from dialerd.domain.template import Template

_KEYS = frozenset("0123456789*#")


@flow.command("try")
@click.argument("flow_or_file")
@click.option("--attribute", "given", multiple=True, metavar="NAME=VALUE", help="An attribute of the contact.")
@click.option("--number", default="+12125550199", help="The contact's number.")
@click.option("--zone", default="UTC", help="The contact's time zone.")
@click.pass_obj
def try_flow(context: Context, flow_or_file: str, given: Sequence[str], number: str, zone: str) -> None:
    """Walk through FILE.toml, or the flow of that name, as a person who answers would.

    Type keys and Enter; Enter alone says nothing until the time is over. Where something would be done, Enter says that
    it was and `fail` that it was not; for a web request type the answers asked for. The end of the input hangs up.
    """
    spec = flow_of(context, flow_or_file)
    attributes = _attributes(given)
    try:
        today = bootstrap.now().astimezone(ZoneInfo(zone)).date()
    except (ValueError, KeyError, OSError):
        raise BadInputError(f"{zone[:40]!r} is no time zone", hint="like America/New_York") from None
    record = Record(number=number, list="", priority=0, zone=zone, attributes=attributes)
    for line in _walk(spec, m.Scene(contact=record, today=today)):
        click.echo(one_line(line))


def _attributes(given: Sequence[str]) -> dict[str, str]:
    wrong = [each for each in given if not each.partition("=")[1] or not each.partition("=")[0]]
    if wrong:
        raise BadInputError(f"--attribute {wrong[0][:60]!r} is not NAME=VALUE", hint="like --attribute balance=99.50")
    return {name: value for name, _, value in (each.partition("=") for each in given)}


def _walk(spec: FlowSpec, scene: m.Scene) -> Iterator[str]:
    position, commands = begin(spec, scene)
    while True:
        yield f"[{position.node}]"
        for command in commands:
            yield from _said(command)
        if position.is_over:
            break
        events = _answer(spec, position, commands)
        if events is None:
            yield "they hang up"
            break
        commands = ()
        for event in events:
            position, more = step(spec, position, event, scene)
            commands = (*commands, *more)
            if position.is_over:
                break
    yield f"disposition: {position.disposition or ('answered_human' if position.is_over else 'customer_hangup')}"
    for name, value in position.attributes.items():
        yield f"attribute {name} = {value}"


def _said(command: m.Command) -> Iterator[str]:
    match command:
        case m.Say(sounds=sounds, language=language):
            yield f"  hears ({language}): {' '.join(map(_spelt, sounds))}"
        case m.Listen(after_s=after_s):
            yield f"  has {after_s:g} s for a key"
        case m.RecordVoice(label=label, max_s=max_s):
            yield f"  is recorded as {label}, for at most {max_s:g} s"
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


def _answer(spec: FlowSpec, at: m.Position, commands: Sequence[m.Command]) -> list[m.Event] | None:
    """What the person, or the world, does about where the call is; None: they hang up."""
    action = next((each.action for each in reversed(commands) if isinstance(each, m.Act)), None)
    match at.stage:
        case m.Stage.PREPARING:
            texts = action.texts if isinstance(action, m.Speak) else ()
            return [m.Acted(at.serial, m.Did(sounds=tuple(f"speech-{index}" for index in range(len(texts)))))]
        case m.Stage.SAYING:
            return [m.Heard(at.serial)]
        case m.Stage.LISTENING:
            return _typed_keys(spec, at)
        case m.Stage.RECORDING:
            line = _line("  Enter when said, or fail: ")
            return None if line is None else [m.RecordingEnded(at.serial, failed=line == "fail")]
        case m.Stage.AWAY:
            line = _line("  Enter: somebody takes them; fail: nobody does: ")
            return [m.NobodyThere(at.serial)] if line == "fail" else None
    return _typed_outcome(at, action)


def _typed_keys(spec: FlowSpec, at: m.Position) -> list[m.Event] | None:
    """The keys of a line; what is open after them is ended by time."""
    line = _line("  keys: ")
    if line is None:
        return None
    keys = [each for each in line if each in _KEYS]
    if not keys:
        return [m.Elapsed(at.serial)]
    node = spec.node[at.node]
    elapsed = [m.Elapsed(at.serial + len(keys))] if getattr(node, "inter_digit_s", None) else []
    return [*(m.Pressed(key) for key in keys), *elapsed]


def _typed_outcome(at: m.Position, action: m.Action | None) -> list[m.Event] | None:
    answers = {}
    if isinstance(action, m.Write) and _written(action.template, action.known).startswith("nothing"):
        return [m.Acted(at.serial, m.Undone("it cannot be written", "missing"))]
    for name in action.answers if isinstance(action, m.Ask) else ():
        line = _line(f"  {name} (or fail): ")
        if line is None or line == "fail":
            return None if line is None else [m.Acted(at.serial, m.Undone("as typed"))]
        answers[name] = line
    if not answers:
        line = _line("  Enter when done, or fail: ")
        if line is None or line == "fail":
            return None if line is None else [m.Acted(at.serial, m.Undone("as typed"))]
    return [m.Acted(at.serial, m.Did(answers))]


def _line(prompt: str) -> str | None:
    """A line that is typed; None at the end of the input."""
    click.echo(prompt, nl=False)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        click.echo(one_line(line.strip()))
    return line.strip() if line else None
