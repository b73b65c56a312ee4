"""`dialerd agent`: who there is, logging in and out, pauses, preferred campaigns.

Not here: queues (queue.py), the dialplan hooks and pages that do the same.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, Moment, facts_table, simple_table, with_json
from dialerd.domain.errors import DialerdError
from dialerd.domain.words import AgentKind, AgentState, WantedState
from dialerd.ports import AgentRow
from dialerd.usecases import agents as use

_LOOK_S = 0.1

_KIND = click.Choice([str(each) for each in AgentKind])
_CAMPAIGNS = click.argument("campaigns", metavar="CAMPAIGN...", nargs=-1)


@click.group()
def agent() -> None:
    """Keep agents, and log them in and out."""


@agent.command()
@click.argument("name")
@click.option("--endpoint", required=True, help="Its phone, like PJSIP/1001; [agents] endpoints says what is allowed.")
@click.option(
    "--kind",
    type=_KIND,
    default=str(AgentKind.OUTBOUND),
    show_default=True,
    help="Takes calls of campaigns (outbound), of people who call (inbound), or both (blended).",
)
@click.option("--outbound/--no-outbound", "may_outbound", default=True, help="Whether it may take campaigns' calls.")
@click.pass_obj
def add(context: Context, name: str, endpoint: str, kind: str, may_outbound: bool) -> None:
    """Make an agent. It takes calls once a queue names it and it is logged in."""
    with context.change() as unit:
        use.add_agent(
            unit,
            name,
            endpoint=endpoint,
            kind=AgentKind(kind),
            may_outbound=may_outbound,
            allowed=context.settings.agents.endpoints,
            actor=context.actor,
            now=bootstrap.now(),
        )
    click.echo(f"agent {name} is made, with {endpoint}")


@agent.command()
@click.argument("name")
@click.option("--endpoint", help="Another phone; the agent has to be logged out.")
@click.option(
    "--kind", type=_KIND, help="Takes calls of campaigns (outbound), of people who call (inbound), or both (blended)."
)
@click.option("--outbound/--no-outbound", "may_outbound", default=None, help="Whether it may take campaigns' calls.")
@click.pass_obj
def change(context: Context, name: str, endpoint: str | None, kind: str | None, may_outbound: bool | None) -> None:
    """Change an agent; a call that it has goes on."""
    if endpoint is None and kind is None and may_outbound is None:
        raise click.UsageError("give --endpoint, --kind or --[no-]outbound")
    with context.change() as unit:
        is_changed = use.change_agent(
            unit,
            name,
            endpoint=endpoint,
            kind=None if kind is None else AgentKind(kind),
            may_outbound=may_outbound,
            allowed=context.settings.agents.endpoints,
            actor=context.actor,
            now=bootstrap.now(),
        )
    click.echo(f"agent {name} is changed" if is_changed else f"agent {name} is so already")


@agent.command("list")
@with_json
@click.pass_obj
def list_agents(context: Context) -> None:
    """List the agents and where they are."""
    with context.unit() as unit:
        found = use.list_agents(unit)
    context.show(
        [_document(row, queues) for row, queues in found],
        lambda: simple_table(
            ("agent", "state", "since", "campaign", "why", "queues", "kind", "endpoint"),
            (
                (
                    row.name,
                    _state(row),
                    row.seen.since,
                    row.seen.campaign,
                    _why(row),
                    queues,
                    row.kind if row.may_outbound else f"{row.kind}, no campaigns",
                    row.endpoint,
                )
                for row, queues in found
            ),
        ),
    )


@agent.command()
@click.argument("name")
@with_json
@click.pass_obj
def show(context: Context, name: str) -> None:
    """Show where an agent is, why, and what it prefers."""
    with context.unit() as unit:
        row = use.get_agent(unit, name)
        queues = [queue.name for queue in use.queues_of(unit, name)]
        document = {**_document(row, queues), "campaigns": use.open_campaigns(unit, name)}
    context.show(document, lambda: facts_table(document))


@agent.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete an agent that is logged out and in no queue; its past calls stay."""
    with context.unit() as unit:
        use.get_agent(unit, name)
    if not yes:
        click.confirm(f"Delete agent {name}?", abort=True)
    with context.change() as unit:
        use.delete_agent(unit, name, actor=context.actor, now=bootstrap.now())
    click.echo(f"agent {name} is deleted")


@agent.command()
@click.argument("name")
@click.option("--endpoint", help="Log in with this phone, and keep it.")
@click.option("--wait/--no-wait", "waits", default=True, help="Whether to wait until its phone was reached.")
@click.option("--wait-s", type=click.FloatRange(min=0), default=45.0, show_default=True, help="Wait at most so long.")
@click.pass_obj
def login(context: Context, name: str, endpoint: str | None, waits: bool, wait_s: float) -> None:
    """Log an agent in: its phone is called, or will be with its first call, as its queue says."""
    now = bootstrap.now()
    with context.change() as unit:
        allowed = context.settings.agents.endpoints
        row = use.login(unit, name, endpoint=endpoint, allowed=allowed, actor=context.actor, now=now)
        queues = use.queues_of(unit, name)
    if not queues:
        click.echo(f"no queue names agent {name}: it will get no calls", err=True)
    if waits and context.is_heard:
        _until_in(context, name, now, wait_s)
        click.echo(f"agent {name} is logged in with {row.endpoint}")
        return
    tell(context, f"agent {name} is to be logged in with {row.endpoint}")


def _until_in(context: Context, name: str, asked_at: datetime, wait_s: float) -> None:
    """Until the daemon has brought the agent in. Raises DialerdError with the reason where it does not."""
    until = bootstrap.now() + timedelta(seconds=wait_s)
    while True:
        with context.unit() as unit:
            row = use.get_agent(unit, name)
        if row.wanted.state is WantedState.LOGGED_OUT and row.wanted.since >= asked_at:
            raise DialerdError(
                f"agent {name} is not logged in: {row.wanted.reason or 'it was logged out meanwhile'}",
                hint="see to its phone, then log in again",
            )
        if row.seen.state is not AgentState.LOGGED_OUT:
            return
        if bootstrap.now() >= until:
            raise DialerdError(
                f"agent {name} is not in after {wait_s:g} s",
                hint=f"its phone is still tried: dialerd agent show {name}",
            )
        time.sleep(_LOOK_S)  # noqa: TID251  # a person waits at a terminal; nothing else runs here


@agent.command()
@click.argument("name")
@click.pass_obj
def logout(context: Context, name: str) -> None:
    """Log an agent out, after the call and wrap-up that it has. It prefers no campaign any more."""
    with context.change() as unit:
        row = use.logout(unit, name, actor=context.actor, now=bootstrap.now())
    tell(context, f"agent {name} is to be logged out{_after(row)}")


@agent.command()
@click.argument("name")
@click.pass_obj
def hangup(context: Context, name: str) -> None:
    """End an agent's conversation; wrap-up follows, and the agent's phone is kept."""
    with context.change() as unit:
        use.hang_up(unit, name, actor=context.actor, now=bootstrap.now())
    tell(context, f"the conversation of agent {name} is to be ended")


@agent.command()
@click.argument("name")
@click.option("--reason", default="", help="Why; where the agent's queues have reasons, one of them.")
@click.pass_obj
def pause(context: Context, name: str, reason: str) -> None:
    """Give an agent no more calls until it is ready again."""
    with context.change() as unit:
        row = use.pause(unit, name, reason=reason, actor=context.actor, now=bootstrap.now())
    tell(context, f"agent {name} is to pause{_after(row)}")


@agent.command()
@click.argument("name")
@click.pass_obj
def ready(context: Context, name: str) -> None:
    """Give an agent calls again; ends a pause or a wrap-up."""
    with context.change() as unit:
        row = use.ready(unit, name, actor=context.actor, now=bootstrap.now())
    tell(context, f"agent {name} is to be ready{_after(row)}")


@agent.command()
@click.argument("name")
@_CAMPAIGNS
@click.pass_obj
def prefer(context: Context, name: str, campaigns: tuple[str, ...]) -> None:
    """Let an agent work for these campaigns and those it prefers already, 20 at most, and for no others."""
    if not campaigns:
        raise click.UsageError("name one campaign or several")
    with context.change() as unit:
        row = use.prefer(unit, name, campaigns, actor=context.actor, now=bootstrap.now())
    click.echo(_preferences(row))


@agent.command()
@click.argument("name")
@_CAMPAIGNS
@click.option("--all", "is_all", is_flag=True, help="All of them: the agent works for any campaign again.")
@click.pass_obj
def unprefer(context: Context, name: str, campaigns: tuple[str, ...], is_all: bool) -> None:
    """Take campaigns off an agent's preferences."""
    if is_all == bool(campaigns):
        raise click.UsageError("name campaigns, or give --all")
    with context.change() as unit:
        row = use.unprefer(unit, name, None if is_all else campaigns, actor=context.actor, now=bootstrap.now())
    click.echo(_preferences(row))


@agent.command()
@click.argument("name", required=False)
@click.option("--since", type=Moment(), metavar="TIME", help="Only from this time on.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many.")
@with_json
@click.pass_obj
def events(context: Context, name: str | None, since: datetime | None, limit: int) -> None:
    """Tell what happened to an agent, or to all, the latest first."""
    with context.unit() as unit:
        found = use.events(unit, name, since=since, limit=limit)
    columns = ("at", "agent", "state", "reason", "campaign", "attempt_id")
    rows = [{column: getattr(each, column) for column in columns} for each in found]
    context.show(rows, lambda: simple_table(columns, (tuple(row.values()) for row in rows)))


def _document(row: AgentRow, queues: Sequence[str]) -> Mapping[str, object]:
    seen, wanted = row.seen, row.wanted
    return {
        "agent": row.name,
        "endpoint": row.endpoint,
        "kind": str(row.kind),
        "may_outbound": row.may_outbound,
        "queues": list(queues),
        "state": str(seen.state),
        "since": seen.since,
        "idle_since": seen.idle_since,
        "reason": seen.reason,
        "campaign": seen.campaign or None,
        "why": seen.why,
        "attempt_id": seen.attempt_id,
        "is_muted": row.is_muted,
        "is_holding": row.is_holding,
        "consults": row.consults or None,
        "wanted": {"state": str(wanted.state), "since": wanted.since, "reason": wanted.reason},
        "preferred": sorted(row.preferred),
        "asterisk": row.asterisk,
    }


def _state(row: AgentRow) -> str:
    """Where it is, and where it is to be where that is another state."""
    seen, wanted = str(row.seen.state), str(row.wanted.state)
    if wanted in (seen, str(WantedState.READY)) and row.seen.state is not AgentState.LOGGED_OUT:
        return seen
    return seen if wanted == seen else f"{seen}, to be {wanted}"


def _why(row: AgentRow) -> str:
    """Why it is paused, or could not log in; else why it works for what it works for, or for nobody."""
    is_out = row.seen.state is AgentState.LOGGED_OUT
    return row.seen.reason or (row.wanted.reason if is_out else row.seen.why)


def _after(row: AgentRow) -> str:
    between = (AgentState.LOGGED_OUT, AgentState.READY, AgentState.PAUSED, AgentState.WRAP_UP)
    return "" if row.seen.state in between else ", after its call"


def _preferences(row: AgentRow) -> str:
    if not row.preferred:
        return f"agent {row.name} works for any campaign of its queues"
    return f"agent {row.name} works for {', '.join(sorted(row.preferred))} only"


def tell(context: Context, done: str) -> None:
    """What is to be, and whether somebody is there to bring it about."""
    click.echo(done)
    if not context.is_heard:
        click.echo("no daemon is running on this database; it will act when it is started", err=True)
