"""The verbs of `dialerd campaign` that start, hold, end and watch a run.

Not here: definitions (campaign.py). Each writes what should be and pokes the daemon.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any

import click
from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from dialerd import bootstrap
from dialerd.cli.campaign import campaign
from dialerd.cli.context import Context, facts_table, simple_table, terminal, with_json
from dialerd.cli.pacing import pacing_pictures
from dialerd.domain.words import Mode
from dialerd.ports import RunRow, Unit
from dialerd.usecases import dispositions, runs, status
from dialerd.usecases.status import Hold, Slowed, Status

_WATCH_S = 1.0
_MARKS = ("positive", "final", "custom")


def _write(context: Context, job: Callable[[Unit], RunRow], done: str) -> None:
    with context.change() as unit:
        run = job(unit)
    click.echo(f"run {run.number} of campaign {run.spec.name} {done}")
    if not context.is_heard:
        click.echo("no daemon is running on this database; it will act when it is started", err=True)


@campaign.command("run")
@click.argument("name")
@click.pass_obj
def run_campaign(context: Context, name: str) -> None:
    """Start a run on all contacts of the campaign's lists.

    The daemon places the calls; campaign status NAME --why says what holds back whom it does not call.
    """
    trunks, actor, now = context.settings.trunks, context.actor, bootstrap.now()
    _write(context, lambda unit: runs.run_campaign(unit, name, trunks=trunks, actor=actor, now=now), "is started")


@campaign.command("rerun")
@click.argument("name")
@click.pass_obj
def rerun_campaign(context: Context, name: str) -> None:
    """Start afresh after a run that is over; the earlier results stay readable."""
    trunks, actor, now = context.settings.trunks, context.actor, bootstrap.now()
    _write(context, lambda unit: runs.rerun_campaign(unit, name, trunks=trunks, actor=actor, now=now), "is started")


@campaign.command("pause")
@click.argument("name")
@click.pass_obj
def pause_campaign(context: Context, name: str) -> None:
    """Place no new calls; those up go on."""
    now = bootstrap.now()
    _write(context, lambda unit: runs.pause_run(unit, name, actor=context.actor, now=now), "is paused")


@campaign.command("resume")
@click.argument("name")
@click.pass_obj
def resume_campaign(context: Context, name: str) -> None:
    """Go on after a pause."""
    now = bootstrap.now()
    _write(context, lambda unit: runs.resume_run(unit, name, actor=context.actor, now=now), "goes on")


@campaign.command("stop")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Stop without asking.")
@click.pass_obj
def stop_campaign(context: Context, name: str, yes: bool) -> None:
    """End the run for good when its last call has ended; the next run starts afresh on all contacts."""
    if not yes:
        click.confirm(f"End the run of campaign {name}? It cannot be resumed.", abort=True)
    now = bootstrap.now()
    _write(context, lambda unit: runs.stop_run(unit, name, actor=context.actor, now=now), "is being stopped")


@campaign.command("pace")
@click.argument("name")
@click.option("--max-calls", type=int, help="Keep at most so many calls up at once.")
@click.option("--calls-per-second", type=float, help="Start at most so many calls a second.")
@click.option("--ratio", type=int, help="In power mode: start so many calls per free agent.")
@click.pass_obj
def pace(context: Context, name: str, max_calls: int | None, calls_per_second: float | None, ratio: int | None) -> None:
    """Change the pace of the run that is going on."""
    if max_calls is None and calls_per_second is None and ratio is None:
        raise click.UsageError("give --max-calls, --calls-per-second or --ratio")
    with context.change() as unit:
        spec = runs.change_pace(
            unit,
            name,
            max_calls=max_calls,
            calls_per_second=calls_per_second,
            ratio=ratio,
            actor=context.actor,
            now=bootstrap.now(),
        )
    limits = f"at most {spec.max_calls} calls at once, {spec.calls_per_second:g} a second"
    told = [limits] if spec.is_limited else []
    told += [f"{spec.ratio} calls per free agent"] if spec.mode is Mode.POWER else []
    click.echo(f"campaign {name}: {'; '.join(told) or 'as many calls as its agents can take'}")


@campaign.command("status")
@click.argument("name")
@click.option("--watch", is_flag=True, help="Draw it again each second until the run is over.")
@click.option(
    "--why",
    is_flag=True,
    help="Tell what holds each target that is not being called, what slows its pace, what a predictive one does.",
)
@with_json
@click.pass_obj
def show_status(context: Context, name: str, watch: bool, why: bool) -> None:
    """Show the active or last run in figures."""
    if watch and context.as_json:
        raise click.UsageError("--watch draws for people; call it without --json, or repeat it without --watch")
    if watch:
        _watch(context, name)
        return
    found = _status(context, name)
    if why:
        holds, slowed, pacing = _why(context, name)
        document = {
            **dataclasses.asdict(found),
            "why": [dataclasses.asdict(hold) for hold in holds],
            "slowed": [dataclasses.asdict(each) for each in slowed],
            "pacing": pacing,
        }
        pictures = pacing_pictures(pacing) if pacing is not None else ()
        reasons = [each.reason for each in slowed]
        context.show(document, lambda: Group(_status_table(found), _why_table(holds), *reasons, *pictures))
        return
    context.show(dataclasses.asdict(found), lambda: _status_table(found))


def _why(context: Context, name: str) -> tuple[list[Hold], list[Slowed], Mapping[str, Any] | None]:
    is_daemon_running = bootstrap.poke(context.settings)
    rulebook = bootstrap.rulebook(context.settings)
    with context.unit() as unit:
        holds = status.why(unit, name, bootstrap.now(), is_daemon_running=is_daemon_running, rulebook=rulebook)
        slowed = status.slowed(unit, name, rulebook, bootstrap.now())
        return holds, slowed, status.pacing(unit, name)


def _why_table(holds: list[Hold]) -> Table:
    rows = [(each.targets, each.gate, each.reason, each.since, each.until) for each in holds]
    return simple_table(("targets", "held by", "why", "since", "until"), rows)


def _status(context: Context, name: str) -> Status:
    with context.unit() as unit:
        return status.status(unit, name, bootstrap.now())


def _watch(context: Context, name: str) -> None:
    found = _status(context, name)
    try:
        with Live(_picture(found), console=terminal(), auto_refresh=False) as live:
            while not status.is_over(found.state):
                time.sleep(_WATCH_S)  # noqa: TID251  # a person is watching a terminal; nothing else runs here
                found = _status(context, name)
                live.update(_picture(found), refresh=True)
    except KeyboardInterrupt:
        return


def _picture(found: Status) -> Group:
    bar = ProgressBar(total=max(1, found.targets), completed=found.done, width=60)
    return Group(_status_table(found), bar)


def _status_table(found: Status) -> Table:
    return facts_table({**dataclasses.asdict(found), "abandoned_rate": f"{found.abandoned_rate:.2%}"})


@campaign.command("dispositions")
@click.argument("name")
@click.option("--run", "number", type=int, metavar="N", help="Of the run with this number (default: the last).")
@with_json
@click.pass_obj
def show_dispositions(context: Context, name: str, number: int | None) -> None:
    """Count how the attempts of a run ended, by final disposition."""
    with context.unit() as unit:
        found = dispositions.count(unit, name, number)
    document = {
        "campaign": name,
        "run": found.run.number,
        "targets": found.run.targets,
        "dispositions": {code: each.count for code, each in found.counts.items()},
        **{mark: [code for code, each in found.counts.items() if getattr(each, mark)] for mark in _MARKS},
        "conversion": found.conversion,
    }
    rows = [
        (code, each.count, *(mark if getattr(each, mark) else "" for mark in _MARKS))
        for code, each in found.counts.items()
    ]
    context.show(
        document,
        lambda: Group(
            simple_table(("disposition", "attempts", "", "", ""), rows),
            f"{found.conversion:.2%} of {found.run.targets} targets came to a positive outcome",
        ),
    )
