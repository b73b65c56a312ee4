"""`dialerd campaign schedule`: when a campaign starts by itself.

Not here: the rule (domain/schedule.py), starting by hand (run.py).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from dialerd import bootstrap
from dialerd.cli.campaign import campaign
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.usecases import schedules


@campaign.command("schedule")
@click.argument("name")
@click.option("--start", help='First start by the wall clock, as "2026-12-01T09:00".')
@click.option("--end", help="End of the one run; with --every, its time ends each run and its date the schedule.")
@click.option("--every", help='Repeat it every N days, weeks, months or years, as "2 weeks" (default: one run).')
@click.option("--on", help="Weekdays of a weekly schedule, as mon,wed,fri.")
@click.option("--timezone", help="The clock that is meant (default: that of the contact hours).")
@click.option("--precedence", is_flag=True, help="Between start and end, call outside the contact hours too.")
@click.option("--off", is_flag=True, help="Take the campaign off the timetable.")
@with_json
@click.pass_obj
def set_schedule(
    context: Context,
    name: str,
    start: str | None,
    end: str | None,
    every: str | None,
    on: str | None,
    timezone: str | None,
    precedence: bool,
    off: bool,
) -> None:
    """Show when a campaign starts by itself, or set it with --start ..., or end it with --off."""
    weekdays = on.replace(" ", "").split(",") if on else None
    given = {"start": start, "end": end, "every": every, "on": weekdays, "timezone": timezone}
    table = {key: value for key, value in given.items() if value is not None}
    if off:
        if table or precedence:
            raise click.UsageError("--off goes by itself: a schedule is either set or taken off")
        _set(context, name, [])
        context.show([], lambda: f"campaign {name} starts only by hand now")
        return
    if table or precedence:
        if start is None:
            raise click.UsageError("a schedule needs --start")
        _set(context, name, [table | ({"precedence": True} if precedence else {})])
    with context.unit() as unit:
        found = schedules.upcoming(unit, name, bootstrap.now())
    context.show(
        [dataclasses.asdict(each) for each in found],
        lambda: simple_table(
            ("starts", "ends", "over the contact hours"),
            ((each.start_at, each.ends_at, "yes" if each.precedence else "no") for each in found),
        ),
    )


def _set(context: Context, name: str, tables: list[dict[str, Any]]) -> None:
    with context.change() as unit:
        schedules.set_schedule(
            unit,
            name,
            tables,
            trunks=context.settings.trunks,
            rulebook=bootstrap.rulebook(context.settings),
            actor=context.actor,
            now=bootstrap.now(),
        )
