"""`dialerd amd`: how often answering machine detection was wrong, by what agents said.

Not here: the figures (usecases/detection.py), trying parameters on recordings (amdtune.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from dialerd.cli.context import Context, Moment, simple_table, with_json
from dialerd.domain.amdrates import Share
from dialerd.domain.amdreplay import SHIPPED, Parameters, read_parameters
from dialerd.usecases import detection as use

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def amd() -> None:
    """Tell how often machine detection is wrong, and find better parameters for it."""


def with_parameters(command: F) -> F:
    """`--now`, as `in_use`, of what replays recordings. Raises BadInputError where they cannot be read."""

    def read(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Parameters:
        return SHIPPED if text is None else read_parameters(text)

    option = click.option(
        "--now",
        "in_use",
        metavar="AMD",
        callback=read,
        help="The parameters in use, as DIALERD_AMD has them: 2000,2200,700,... (default: the shipped ones).",
    )
    return option(command)


_COUNTS = ("people", "unsure", "machines", "held_out")
_SHARES = ("people_lost", "machines_missed", "machine_error", "machines_passed")


@amd.command("report")
@click.option("--campaign", help="Only of this campaign.")
@click.option("--since", type=Moment(), metavar="TIME", help="Only calls from this time on.")
@click.option("--until", type=Moment(), metavar="TIME", help="Only calls before this time.")
@with_json
@click.pass_obj
def report(context: Context, campaign: str | None, since: datetime | None, until: datetime | None) -> None:
    """Report how often detection was wrong, by campaign and trunk, as agents said afterwards.

    Each share with where it lies in 95 of 100 cases, and the calls that it was measured by. people_lost: of all people,
    those taken for machines; machines_missed: of all machines, those given to agents; machine_error: people among the
    calls taken for machines; machines_passed: machines among the calls given to agents.
    """
    with context.unit() as unit:
        found = use.amd_report(unit, campaign=campaign, since=since, until=until)
    rows = (
        (
            each.campaign,
            each.trunk,
            *(str(getattr(each.rates, name)) for name in _COUNTS),
            *(_share(getattr(each.rates, name)) for name in _SHARES),
        )
        for each in found
    )
    documents = [dataclasses.asdict(each) for each in found]
    context.show(documents, lambda: simple_table(("campaign", "trunk", *_COUNTS, *_SHARES), rows))
    if not context.as_json:
        for each in found:
            if each.advice:
                click.echo(f"{each.campaign}: {each.advice}")


def _share(share: Share | None) -> str:
    if share is None:
        return "-"
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%}) of {share.calls}"
