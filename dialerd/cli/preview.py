"""The verbs of `dialerd agent` for a record that an agent is shown before it is dialed.

Not here: the other verbs (agent.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import click

from dialerd import bootstrap
from dialerd.cli.agent import agent, tell
from dialerd.cli.context import Context, facts_table, with_json
from dialerd.usecases import preview as use


@agent.command("preview")
@click.argument("name")
@with_json
@click.pass_obj
def show_preview(context: Context, name: str) -> None:
    """Show the record in front of an agent of a preview campaign."""
    now = bootstrap.now()
    with context.unit() as unit:
        shown = use.shown(unit, name, now)
    document = _document(shown, now)
    context.show(document, lambda: facts_table(document))


@agent.command()
@click.argument("name")
@click.pass_obj
def dial(context: Context, name: str) -> None:
    """Dial the record in front of an agent now."""
    with context.change() as unit:
        use.ask_dial(unit, name, actor=context.actor, now=bootstrap.now())
    tell(context, f"the record of agent {name} is to be dialed")


@agent.command()
@click.argument("name")
@click.pass_obj
def skip(context: Context, name: str) -> None:
    """Pass the record in front of an agent on to others; refused when the agent has had its skips."""
    with context.change() as unit:
        use.ask_skip(unit, name, actor=context.actor, now=bootstrap.now())
    tell(context, f"the record of agent {name} is to be skipped")


def _document(shown: use.Shown, now: datetime) -> Mapping[str, object]:
    row = shown.row
    return {
        "agent": row.agent,
        "campaign": shown.campaign,
        "contact_id": row.contact_id,
        "number": shown.number,
        "attempts": shown.attempts_spent,
        "attributes": dict(shown.contact.contact.attributes) if shown.contact else {},
        "shown_at": row.shown_at,
        "dial_at": row.dial_at,
        "left_s": max(0.0, round((row.dial_at - now).total_seconds(), 1)),
        "skips_left": shown.skips_left,
        "on_timeout": shown.on_timeout,
        "asked": row.asked,
    }
