"""`dialerd recording`: which calls were recorded; `dialerd agent record`: begin or end one.

Not here: the sound, which Asterisk keeps.
"""

from __future__ import annotations

from datetime import datetime

import click

from dialerd import bootstrap
from dialerd.cli.agent import agent, tell
from dialerd.cli.context import Context, Moment, simple_table, with_json
from dialerd.domain.recording import FORMAT
from dialerd.ports import ListedRecording
from dialerd.usecases import recordings as use


@click.group()
def recording() -> None:
    """Tell which calls were recorded, and where."""


@recording.command("list")
@click.argument("campaign", required=False)
@click.option("--attempt", "attempt_id", help="Only those of this attempt.")
@click.option("--since", type=Moment(), metavar="TIME", help="Only those begun from this time on.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many.")
@with_json
@click.pass_obj
def list_recordings(
    context: Context, campaign: str | None, attempt_id: str | None, since: datetime | None, limit: int
) -> None:
    """List recordings, of one campaign or of all, the latest first. FILE is within Asterisk's folder of recordings."""
    with context.unit() as unit:
        found = use.list_recordings(unit, campaign=campaign, attempt_id=attempt_id, since=since, limit=limit)
    rows = [_document(each) for each in found]
    columns = ("started_at", "campaign", "number", "agent", "duration_s", "asked_by", "asterisk", "file", "trouble")
    context.show(rows, lambda: simple_table(columns, (tuple(row[column] for column in columns) for row in rows)))


def _document(each: ListedRecording) -> dict[str, object]:
    row = each.recording
    return {
        "recording": row.name,
        "file": f"{row.name}.{FORMAT}",
        "asterisk": row.asterisk,
        "attempt_id": row.attempt_id,
        "campaign": each.campaign,
        "number": each.number,
        "agent": each.agent or None,
        "asked_by": row.asked_by,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "duration_s": row.duration_s,
        "trouble": row.trouble,
    }


@agent.command("record")
@click.argument("name")
@click.argument("switch", metavar="on|off", type=click.Choice(["on", "off"]))
@click.pass_obj
def record(context: Context, name: str, switch: str) -> None:
    """Record the call that an agent has now, both sides, or end that. Each `on` begins another recording."""
    with context.change() as unit:
        use.record_agent(unit, name, wanted=switch == "on", actor=context.actor, now=bootstrap.now())
    tell(context, f"the call of agent {name} is {'to be' if switch == 'on' else 'no more to be'} recorded")
