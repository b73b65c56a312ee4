"""`dialerd report`: what calls came to, by one thing, and where agents' time went; as a table, JSON or CSV.

Not here: the figures (usecases/reports.py), single attempts (export.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, Moment, facts_table, simple_table, with_json
from dialerd.usecases import reports as use

_DAY = timedelta(days=1)


@click.group()
def report() -> None:
    """Report what calls came to: by campaign, list, agent, hour, disposition, trunk."""


def _csv(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
        help="Write CSV to this file, - prints it.",
    )(command)


def _span(command: Callable[..., Any]) -> Callable[..., Any]:
    since = click.option("--since", type=Moment(), metavar="TIME", help="From this hour on.")
    until = click.option("--until", type=Moment(), metavar="TIME", help="Before this hour.")
    return since(until(command))


def _add(by: use.By) -> None:
    @report.command(f"by-{by}", help=f"Report the ended attempts by {by}.")
    @click.option("--campaign", help="Only of this campaign.")
    @click.option("--run", type=int, metavar="N", help="Only of its run with this number.")
    @_span
    @_csv
    @with_json
    @click.pass_obj
    def show(
        context: Context,
        campaign: str | None,
        run: int | None,
        since: datetime | None,
        until: datetime | None,
        out: Path | None,
    ) -> None:
        with context.unit() as unit:
            found = use.report(unit, by, campaign=campaign, run=run, since=since, until=until)
        documents = [{by: row.key, **{key: getattr(row, key) for key in use.COLUMNS}} for row in found]
        _tell(context, documents, lambda: use.as_rows(by, found), out)


for each in use.BYS:
    _add(each)


@report.command("agent-times")
@_span
@_csv
@with_json
@click.pass_obj
def agent_times(context: Context, since: datetime | None, until: datetime | None, out: Path | None) -> None:
    """Report how long each agent was ready, on calls, in wrap-up, on pause; by default of the last 24 hours."""
    until = until or bootstrap.now()
    with context.unit() as unit:
        found = use.agent_times(unit, since=since or until - _DAY, until=until)
    _tell(context, [dataclasses.asdict(each) for each in found], lambda: use.agent_rows(found), out)


@report.command()
@click.argument("campaign")
@with_json
@click.pass_obj
def abandoned(context: Context, campaign: str) -> None:
    """Report the abandoned share of a campaign over its window, by quarters of an hour, against its limit."""
    with context.unit() as unit:
        found = use.abandonment(unit, campaign, rulebook=bootstrap.rulebook(context.settings), now=bootstrap.now())
    context.show(
        dataclasses.asdict(found), lambda: facts_table({**dataclasses.asdict(found), "points": len(found.points)})
    )


def _tell(
    context: Context,
    documents: Sequence[dict[str, object]],
    rows: Callable[[], Iterator[tuple[str, ...]]],
    out: Path | None,
) -> None:
    columns, *cells = rows()
    if out is None:
        context.show(documents, lambda: simple_table(columns, cells))
    elif str(out) == "-":
        bootstrap.print_rows(columns, cells)
    else:
        count = bootstrap.write_rows(context.settings, out, columns, cells)
        context.show({"file": str(out), "rows": count}, lambda: f"{count} rows are written to {out}")
