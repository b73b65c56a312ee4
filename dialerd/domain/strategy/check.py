"""Whether a strategy makes sense as a whole, and reading one: everything that is wrong at once, with its line.

Not here: what a step or a rule may be by itself (spec.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from dialerd.domain.errors import BadInputError
from dialerd.domain.flow.check import Complaint
from dialerd.domain.flow.lines import Path, line_of, lines_of
from dialerd.domain.strategy.spec import Do, Rule, Step, Strategy
from dialerd.domain.tomltext import Spoilt, table_of

_REMEDY = "correct the file and apply it again"
MAX_FILE = 1_000_000
"""Longest file, in characters."""


def examine(text: str) -> tuple[Strategy | None, tuple[Complaint, ...]]:
    """The strategy (None: the file is none at all) and every complaint, in the order of their lines."""
    if len(text) > MAX_FILE:
        return None, (Complaint(1, f"the file is longer than {MAX_FILE} characters"),)
    table = table_of(text)
    if isinstance(table, Spoilt):
        return None, (Complaint(table.line, table.reason),)
    lines = lines_of(text)
    try:
        strategy = Strategy.model_validate(table)
    except ValidationError as error:
        return None, _sorted(lines, _of_keys(error))
    return strategy, _sorted(lines, complaints(strategy))


def _sorted(lines: Mapping[Path, int], found: Iterator[tuple[Path, str]]) -> tuple[Complaint, ...]:
    return tuple(sorted({Complaint(line_of(lines, path), text) for path, text in found}))


def read_strategy(table: Mapping[str, Any], *, source: str) -> Strategy:
    """A strategy as it is stored. Raises BadInputError naming `source` and all that is wrong."""
    try:
        strategy = Strategy.model_validate(dict(table))
    except ValidationError as error:
        raise BadInputError(f"{source}: {'; '.join(text for _, text in _of_keys(error))}", hint=_REMEDY) from None
    if wrong := "; ".join(text for _, text in complaints(strategy)):
        raise BadInputError(f"{source}: {wrong}", hint=_REMEDY)
    return strategy


def _of_keys(error: ValidationError) -> Iterator[tuple[Path, str]]:
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        text = {"extra_forbidden": "unknown key", "missing": "is missing"}.get(item["type"], item["msg"])
        path = tuple(item["loc"])
        yield path, f"{'.'.join(map(str, path)) or 'file'}: {text.removeprefix('Value error, ')}"


def complaints(strategy: Strategy) -> Iterator[tuple[Path, str]]:
    """Each thing that is wrong with the whole: the path of its key, and a sentence."""
    names = [step.name for step in strategy.step]
    for index, step in enumerate(strategy.step):
        if names.index(step.name) < index:
            yield ("step", index, "name"), f"two steps are called {step.name}"
            return  # what follows tells steps apart by their names
    for index, step in enumerate(strategy.step):
        yield from _of_step(strategy, step, ("step", index))
    reached = _reached(strategy)
    for index, step in enumerate(strategy.step):
        if step.name not in reached:
            yield ("step", index, "name"), f"step {step.name} is never reached"
    if circle := _endless(strategy):
        path = ("step", names.index(circle[0]))
        yield (
            path,
            f"steps go in a circle without end: {' -> '.join([*circle, circle[0]])}; give one of the rules a max",
        )
    used = {step.template for step in strategy.step}
    for name in strategy.template:
        if name not in used:
            yield ("template", name), f"template {name} is never used"


def _of_step(strategy: Strategy, step: Step, path: Path) -> Iterator[tuple[Path, str]]:
    if step.template is not None:
        template = strategy.template.get(step.template)
        if template is None:
            yield (*path, "template"), f"step {step.name}: there is no template {step.template}"
        elif template.channel is not step.over:
            yield (*path, "template"), f"step {step.name}: template {step.template} is of channel {template.channel}"
    if step.otherwise == "next" and strategy.after(step) is None:
        yield (*path, "otherwise"), f"step {step.name} is the last one: there is no next"
    settled: set[str] = set()
    for index, rule in enumerate(step.rule):
        yield from _of_rule(strategy, step, rule, settled, (*path, "rule", index))
        if rule.max is None:
            settled |= set(rule.on)


def _of_rule(strategy: Strategy, step: Step, rule: Rule, settled: set[str], path: Path) -> Iterator[tuple[Path, str]]:
    for code in rule.on:
        if not step.can_end_in(code):
            kind = "a message" if step.is_message else "a call"
            yield (*path, "on"), f"step {step.name}: {kind} never ends in {code}"
        elif code in settled:
            yield (*path, "on"), f"step {step.name}: a rule above takes every {code}"
    if rule.do in (Do.NEXT, Do.GO, Do.SMS, Do.EMAIL, Do.AGENT) and strategy.leads_to(step, rule) is None:
        wanted = {Do.NEXT: "next step", Do.GO: f"step {rule.step}"}.get(rule.do, f"step of channel {rule.do}")
        yield (*path, "do"), f"step {step.name}: there is no {wanted}"


def ways(strategy: Strategy, step: Step) -> Iterator[tuple[Rule | None, Step]]:
    """Every step that `step` can lead to, itself by a retry included, with the rule; None: what it does otherwise."""
    for rule in step.rule:
        head = strategy.leads_to(step, rule)
        if head is not None:
            yield rule, head
    below = strategy.after(step)
    if step.otherwise == "next" and below is not None:
        yield None, below


def _reached(strategy: Strategy) -> set[str]:
    reached, left = set[str](), [strategy.step[0]]
    while left:
        step = left.pop()
        if step.name not in reached:
            reached.add(step.name)
            left += [head for _, head in ways(strategy, step)]
    return reached


def _endless(strategy: Strategy) -> list[str] | None:
    """Steps that lead back to the first of them by rules that are never used up; None: there is no such circle."""
    heads = {
        step.name: [head.name for rule, head in ways(strategy, step) if rule is None or rule.max is None]
        for step in strategy.step
    }
    done: set[str] = set()

    def circle(name: str, trail: list[str]) -> list[str] | None:
        if name in trail:
            return trail[trail.index(name) :]
        if name in done:
            return None
        for head in heads[name]:
            if found := circle(head, [*trail, name]):
                return found
        done.add(name)
        return None

    return next((found for name in heads if (found := circle(name, []))), None)
