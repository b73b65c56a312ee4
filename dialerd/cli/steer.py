"""The verbs of `dialerd agent` for a call that is up: mute, hold, keys, transfer, move, listen, whisper, barge.

Not here: the other verbs (agent.py). Each asks, pokes the daemon, and waits for what came of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import click

from dialerd import bootstrap
from dialerd.cli.agent import agent
from dialerd.cli.context import Context
from dialerd.domain.errors import IllegalActionError
from dialerd.domain.steering import LISTEN_RING_S, Destination, Verb
from dialerd.ports import RequestId, Unit
from dialerd.usecases import steering as use

_LOOK_S = 0.05
_LIMIT_S = 5.0


def _ask(context: Context, job: Callable[[Unit], RequestId], done: str, *, limit_s: float = _LIMIT_S) -> None:
    """Have it asked, and wait for what came of it. Raises IllegalActionError with the reason of a refusal."""
    with context.change() as unit:
        request = job(unit)
    if not context.is_heard:
        raise IllegalActionError("no daemon is running on this database", hint="calls are the daemon's: start it")
    until = bootstrap.now() + timedelta(seconds=limit_s)
    while bootstrap.now() < until:
        with context.unit() as unit:
            found = use.outcome(unit, request, now=bootstrap.now())
        if found.state == "refused":
            raise IllegalActionError(found.reason)
        if found.state == "done":
            click.echo(done)
            return
        time.sleep(_LOOK_S)  # noqa: TID251  # a person waits at a terminal; nothing else runs here
    raise IllegalActionError("the daemon has not said what came of it", hint="see dialerd floor")


def _add_switch(name: str, verb: Callable[..., RequestId], *, wanted: bool, help_: str, done: str) -> None:
    @agent.command(name, help=help_)
    @click.argument("name")
    @click.pass_obj
    def switch(context: Context, name: str) -> None:
        now = bootstrap.now()
        _ask(context, lambda unit: verb(unit, name, wanted=wanted, actor=context.actor, now=now), done.format(name))


_add_switch("mute", use.mute, wanted=True, help_="Let nobody hear an agent.", done="agent {} is muted")
_add_switch("unmute", use.mute, wanted=False, help_="Let an agent be heard again.", done="agent {} is heard again")
_add_switch(
    "hold",
    use.hold,
    wanted=True,
    help_="Let the person whom an agent talks to hear music, and be heard by nobody.",
    done="the call of agent {} is on hold",
)
_add_switch(
    "resume", use.hold, wanted=False, help_="Take an agent's call off hold.", done="the call of agent {} goes on"
)


@agent.command()
@click.argument("name")
@click.argument("digits")
@click.pass_obj
def dtmf(context: Context, name: str, digits: str) -> None:
    """Send keys (0-9, *, #, A-D) to the line of whom an agent talks to."""
    now = bootstrap.now()
    _ask(context, lambda unit: use.keys(unit, name, digits, actor=context.actor, now=now), "the keys are sent")


def _add_passing(verb: str, help_: str) -> None:
    @agent.command(verb, help=help_)
    @click.argument("name")
    @click.option("--queue", help="To whoever of this queue is free.")
    @click.option("--agent", "to_agent", help="To this agent.")
    @click.option("--number", help="To a number that [transfer] of the settings allows.")
    @click.option("--attended", is_flag=True, help="Talk to them first, with the person on hold.")
    @click.option("--complete", is_flag=True, help="Give the person to whom the agent talks to first.")
    @click.option("--cancel", is_flag=True, help="Let those go, and go on with the person.")
    @click.pass_obj
    def pass_on(
        context: Context,
        name: str,
        queue: str | None,
        to_agent: str | None,
        number: str | None,
        attended: bool,
        complete: bool,
        cancel: bool,
    ) -> None:
        to = queue or to_agent or number
        by: dict[str, Any] = {"actor": context.actor, "now": bootstrap.now()}
        if attended + complete + cancel > 1 or (to is not None and (complete or cancel)):
            raise click.UsageError("give --attended with whom to ask, or --complete, or --cancel")
        if complete:
            _ask(context, lambda unit: use.complete(unit, name, **by), f"the call of agent {name} is given away")
            return
        if cancel:
            _ask(context, lambda unit: use.take_back(unit, name, **by), f"agent {name} goes on with the person")
            return
        rules, region = context.settings.transfer.rules, context.settings.phone.default_region
        job = partial(
            use.consult if attended else use.pass_on,
            agent=name,
            to=Destination(queue=queue, agent=to_agent, number=number),
            rules=rules,
            region=region,
            **by,
        )
        if attended:
            _ask(context, job, f"agent {name} talks to {to}", limit_s=LISTEN_RING_S + _LIMIT_S)
        else:
            _ask(context, job, f"the call of agent {name} is passed on to {to}")


_add_passing("transfer", "Pass an agent's call on, at once or after asking there; the agent wraps up.")
_add_passing("move", "Take an agent's call away and give it to a queue, another agent or a number.")


def _add_listening(verb: Verb, help_: str) -> None:
    @agent.command(str(verb), help=help_)
    @click.argument("name")
    @click.option("--at", "endpoint", required=True, metavar="PHONE", help="The phone to ring, like PJSIP/desk.")
    @click.pass_obj
    def listen(context: Context, name: str, endpoint: str) -> None:
        allowed, now = context.settings.agents.endpoints, bootstrap.now()

        def job(unit: Unit) -> RequestId:
            return use.listen(unit, name, verb, endpoint=endpoint, allowed=allowed, actor=context.actor, now=now)

        _ask(context, job, f"{endpoint} is in the call of agent {name}", limit_s=LISTEN_RING_S + _LIMIT_S)


_add_listening(Verb.LISTEN, "Hear an agent's call, and be heard by nobody.")
_add_listening(Verb.WHISPER, "Hear an agent's call, and be heard by the agent alone.")
_add_listening(Verb.BARGE, "Join an agent's call: be heard by both.")


@agent.command()
@click.argument("name")
@click.pass_obj
def unlisten(context: Context, name: str) -> None:
    """Leave an agent's call that you listen to."""
    now = bootstrap.now()

    def job(unit: Unit) -> RequestId:
        return use.stop_listening(unit, name, actor=context.actor, now=now)

    _ask(context, job, f"nobody of yours listens to agent {name}")
