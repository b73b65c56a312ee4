"""`dialerd optout`: who does not want to be reached any more, and how that was said; `dialerd agent optout`.

Not here: the do-not-call lists as such (dnc.py).
"""

from __future__ import annotations

import dataclasses

import click

from dialerd import bootstrap
from dialerd.cli.agent import agent
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.domain.optout import How, OptOut
from dialerd.usecases import dnc
from dialerd.usecases import optout as use

_LIST = click.option(
    "--list", "list_name", default=dnc.GLOBAL, show_default=True, help="Put the person on this do-not-call list."
)
_WORDS = click.option("--words", default="", help="Keep for the record what was said.")


@click.group()
def optout() -> None:
    """Take people off every channel: their numbers and e-mail addresses go on a do-not-call list, with the record."""


@optout.command()
@click.argument("who", metavar="NUMBER|EMAIL|ATTEMPT_ID")
@click.option(
    "--how",
    type=click.Choice([str(each) for each in How]),
    default=str(How.CLI),
    show_default=True,
    help="Keep for the record how it was said.",
)
@_LIST
@_WORDS
@with_json
@click.pass_obj
def add(context: Context, who: str, how: str, list_name: str, words: str) -> None:
    """Opt a person out: the number or address, and the others of the contacts who have it.

    It holds from the next call or message on in every campaign. Callbacks, records shown to agents, phones that ring
    unanswered and messages not yet sent are taken back at once.
    """
    with context.change() as unit:
        done = use.opt_out(
            unit,
            who,
            how=How(how),
            list_name=list_name,
            words=words,
            region=context.settings.phone.default_region,
            actor=context.actor,
            now=bootstrap.now(),
        )
    context.show(dataclasses.asdict(done), lambda: _told(done))


@optout.command()
@click.argument("address", metavar="NUMBER|EMAIL")
@with_json
@click.pass_obj
def show(context: Context, address: str) -> None:
    """Show when and how a number or an address was opted out, and taken back again; the latest first."""
    with context.unit() as unit:
        found = use.opt_outs_of(unit, address, region=context.settings.phone.default_region)
    columns = ("at", "how", "list", "address", "actor", "attempt", "words", "taken back")
    context.show(
        [dataclasses.asdict(each) for each in found],
        lambda: (
            simple_table(
                columns,
                ((e.at, e.how, e.list_name, e.address, e.actor, e.attempt_id, e.words, _taken_back(e)) for e in found),
            )
            if found
            else "nobody has opted out with it"
        ),
    )


@agent.command("optout")
@click.argument("name")
@_LIST
@_WORDS
@with_json
@click.pass_obj
def of_agent(context: Context, name: str, list_name: str, words: str) -> None:
    """Opt the person out whom an agent talks to, or has talked to last."""
    with context.change() as unit:
        done = use.opt_out_of_agents_call(
            unit,
            name,
            list_name=list_name,
            words=words,
            region=context.settings.phone.default_region,
            actor=context.actor,
            now=bootstrap.now(),
        )
    context.show(dataclasses.asdict(done), lambda: _told(done))


def _taken_back(record: OptOut) -> str:
    at = record.taken_back_at
    return "" if at is None else f"{at.isoformat(timespec='seconds')} by {record.taken_back_by}"


def _told(done: use.OptedOut) -> str:
    return (
        f"{done.added} of {len(done.record.addresses)} addresses are new on the list {done.record.list_name};"
        f" {done.callbacks} callbacks are cancelled, {done.settled} waiting attempts"
    )
