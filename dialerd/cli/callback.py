"""`dialerd callback`: calls that were promised for a time.

Not here: why a contact is not called otherwise (`contact explain`, in contact.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, facts_table, simple_table, with_json
from dialerd.domain.errors import BadInputError
from dialerd.domain.words import CallbackState
from dialerd.usecases import callbacks as use

_OPEN = (CallbackState.SCHEDULED, CallbackState.DUE, CallbackState.IN_PROGRESS)
_MANY = 1000


@click.group()
def callback() -> None:
    """Promise contacts a call for a time, and look after those calls."""


def when(at: str | None, in_min: float | None, now: datetime, *, is_needed: bool = True) -> str | datetime | None:
    """The time of `--at` or `--in`, not both of which may be given; None: neither is, and it is not needed."""
    if (at is None) == (in_min is None) and (is_needed or at is not None):
        raise click.UsageError("give either --at TIME or --in MINUTES")
    if in_min is None:
        return at
    try:
        return now + timedelta(minutes=in_min)
    except (OverflowError, ValueError):
        raise BadInputError(f"in {in_min:g} minutes is no time", hint="give the minutes from now") from None


_AT = click.option(
    "--at", metavar="TIME", help="At that time, by the customer's clock, or with an offset: 2026-12-01T15:00[-05:00]."
)
_IN = click.option("--in", "in_min", type=float, metavar="MINUTES", help="In so many minutes from now.")


@callback.command()
@click.argument("campaign")
@click.argument("contact_id", metavar="CONTACT_ID", type=int)
@_AT
@_IN
@click.option("--number", help="Call that number in place of the one the contact is called at.")
@click.option("--zone", help="Read the time by that zone's clock in place of the customer's.")
@click.option("--agent", help="Have this agent take the call.")
@click.option(
    "--fallback",
    "fallback_min",
    type=float,
    metavar="MINUTES",
    help="After so long anybody may take the agent's callback (default: the campaign's).",
)
@click.option("--no-fallback", is_flag=True, help="The agent's callback never becomes anybody's.")
@click.option("--notes", default="", help="What whoever calls should know.")
@click.pass_obj
def add(
    context: Context,
    campaign: str,
    contact_id: int,
    at: str | None,
    in_min: float | None,
    number: str | None,
    zone: str | None,
    agent: str | None,
    fallback_min: float | None,
    no_fallback: bool,
    notes: str,
) -> None:
    """Promise a contact of a campaign a call at a time."""
    if no_fallback and fallback_min is not None:
        raise click.UsageError("--fallback and --no-fallback exclude each other")
    now = bootstrap.now()
    wish = use.Wish(
        at=when(at, in_min, now),
        number=number,
        zone=zone,
        agent=agent,
        fallback_min=fallback_min,
        never_anybody=no_fallback,
        notes=notes,
    )
    region = context.settings.phone.default_region
    with context.change() as unit:
        made = use.add_callback(unit, campaign, contact_id, wish, region=region, actor=context.actor, now=now)
        shown = use.show_callback(unit, made.id, rulebook=bootstrap.rulebook(context.settings), now=now)
    click.echo(_said(shown, f"callback {made.id} is set"))


@callback.command("list")
@click.option("--campaign", help="Only that campaign's.")
@click.option("--agent", help="Only that agent's own.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([*map(str, CallbackState)]),
    help="Only those in that state; may be given several times. Else those that are not over.",
)
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=_MANY, show_default=True, help="At most so many.")
@with_json
@click.pass_obj
def list_callbacks(
    context: Context, campaign: str | None, agent: str | None, states: tuple[str, ...], limit: int
) -> None:
    """List callbacks by time, with what each waits for."""
    wanted = tuple(map(CallbackState, states)) or _OPEN
    with context.unit() as unit:
        found = use.list_callbacks(
            unit,
            campaign=campaign,
            agent=agent,
            states=wanted,
            limit=limit,
            rulebook=bootstrap.rulebook(context.settings),
            now=bootstrap.now(),
        ).callbacks
    context.show(
        [callback_document(each) for each in found],
        lambda: simple_table(
            ("callback", "campaign", "contact", "time", "agent", "state", "why"),
            (
                (
                    each.callback.id,
                    each.campaign,
                    each.callback.contact_id,
                    each.callback.local(each.callback.planned_at),
                    each.callback.agent,
                    f"{each.state}, late" if each.late else each.state,
                    use.why(each),
                )
                for each in found
            ),
        ),
    )


@callback.command()
@click.argument("callback_id", metavar="CALLBACK_ID", type=int)
@with_json
@click.pass_obj
def show(context: Context, callback_id: int) -> None:
    """Show one callback, and what it waits for."""
    with context.unit() as unit:
        found = use.show_callback(unit, callback_id, rulebook=bootstrap.rulebook(context.settings), now=bootstrap.now())
    context.show(callback_document(found), lambda: facts_table(callback_document(found)))


@callback.command()
@click.argument("callback_id", metavar="CALLBACK_ID", type=int)
@_AT
@_IN
@click.option("--now", "at_once", is_flag=True, help="Dial it as soon as hours and rules let it.")
@click.pass_obj
def move(context: Context, callback_id: int, at: str | None, in_min: float | None, at_once: bool) -> None:
    """Give a callback another time."""
    if at_once and (at is not None or in_min is not None):
        raise click.UsageError("--now excludes --at and --in")
    now = bootstrap.now()
    with context.change() as unit:
        if at_once:
            use.dial_callback_now(unit, callback_id, actor=context.actor, now=now)
        else:
            use.move_callback(unit, callback_id, when(at, in_min, now) or "", actor=context.actor, now=now)
        shown = use.show_callback(unit, callback_id, rulebook=bootstrap.rulebook(context.settings), now=now)
    click.echo(_said(shown, f"callback {callback_id} is moved"))


@callback.command()
@click.argument("callback_id", metavar="CALLBACK_ID", type=int)
@click.option("--yes", is_flag=True, help="Cancel without asking.")
@click.pass_obj
def cancel(context: Context, callback_id: int, yes: bool) -> None:
    """Cancel a callback; the contact goes on as it would without it."""
    with context.unit() as unit:
        use.get_callback(unit, callback_id)
    if not yes:
        click.confirm(f"Cancel callback {callback_id}?", abort=True)
    with context.change() as unit:
        use.cancel_callback(unit, callback_id, actor=context.actor, now=bootstrap.now())
    click.echo(f"callback {callback_id} is cancelled")


def _said(shown: use.Shown, what: str) -> str:
    planned_at = shown.callback.local(shown.callback.planned_at).isoformat(timespec="minutes")
    reason = shown.callback.reason if shown.callback.run_id is not None else ""
    waits = [use.told_gate(gate) for gate in (shown.gate, shown.later) if gate is not None and gate.name != "callback"]
    return "; ".join([f"{what} for {planned_at}", *([reason] if reason else []), *waits])


def callback_document(shown: use.Shown) -> dict[str, object]:
    """A callback as every read of the command line shows it; `time` and `asked_for` by the customer's clock."""
    found = shown.callback
    holds = shown.gate
    return {
        "callback": found.id,
        "campaign": shown.campaign,
        "run": shown.run_number,
        "contact_id": found.contact_id,
        "number": found.number,
        "state": shown.state,
        "time": found.local(found.planned_at),
        "asked_for": found.local(found.due_at),
        "zone": found.zone,
        "late": shown.late,
        "held_by": holds.name if holds else None,
        "why": use.why(shown),
        "until": (shown.later or holds).until if holds else None,
        "agent": found.agent,
        "fallback_min": None if found.fallback_after is None else found.fallback_after.total_seconds() / 60,
        "notes": found.notes,
        "tries": found.tries,
        "disposition": found.disposition,
        "attempt_id": found.attempt_id,
        "dialed_at": found.dialed_at,
        "expires_at": found.expires_at,
        "created_by": found.created_by,
        "created_at": found.created_at,
        "ended_at": found.ended_at,
    }
