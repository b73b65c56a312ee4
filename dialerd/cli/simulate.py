"""`dialerd simulate`: what a campaign would come to, before anybody is called.

Not here: the forecast (simulate/forecast.py), what it starts from (usecases/forecasting.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.table import Table

from dialerd import bootstrap, log
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.domain.errors import BadInputError
from dialerd.domain.rates import Rates
from dialerd.simulate.forecast import MEASURES, PERCENTILES, Forecast, Scene, compare
from dialerd.usecases.forecasting import Subject, past_rates, subject_of

_MOST_CONTACTS = 20_000
"""More are taken only when they are asked for: a forecast is to take seconds."""

_LIKE = Rates()


@click.command("simulate")
@click.argument("campaign")
@click.option("--agents", type=click.IntRange(0, 2000), help="How many agents work (default: those of the queue).")
@click.option("--contacts", type=click.IntRange(1, 1_000_000), help="How many are called (default: the lists' own).")
@click.option("--past", is_flag=True, help="Take the rates from the campaign's own past calls.")
@click.option("--answered", type=float, help=f"Share of calls that are answered (default {_LIKE.answered[0]}).")
@click.option("--machine", type=float, help=f"Share of answers by machines (default {_LIKE.machine}).")
@click.option("--ring", "ring_s", type=float, help=f"Seconds until an answer (default {_LIKE.ring_s:g}).")
@click.option("--talk", "talk_s", type=float, help=f"Seconds of a talk (default {_LIKE.talk_s:g}).")
@click.option("--wrap-up", "wrap_up_s", type=float, help=f"Seconds of work after it (default {_LIKE.wrap_up_s:g}).")
@click.option("--shift", "shift_h", type=click.FloatRange(0.1, 24), help="Hours after which the agents go home.")
@click.option("--start", help="When it begins, like 2026-12-01T09:00+01:00 (default: now).")
@click.option("--hours", "most_h", type=click.FloatRange(0.1, 744), default=24.0, help="Look so far ahead (24).")
@click.option("--vary", multiple=True, metavar="KEY=A,B,C", help="Compare values of a campaign's key, or of agents.")
@click.option("--runs", type=click.IntRange(1, 100), default=5, help="Draw so many courses of each (5).")
@click.option("--seed", type=int, default=1, help="The same seed gives the same answer (1).")
@with_json
@click.pass_obj
def simulate(
    context: Context,
    /,
    campaign: str,
    agents: int | None,
    contacts: int | None,
    past: bool,
    shift_h: float | None,
    start: str | None,
    most_h: float,
    vary: tuple[str, ...],
    runs: int,
    seed: int,
    **given: float | None,
) -> None:
    """Forecast CAMPAIGN with the real engine on a clock of its own; nobody is called and nothing is changed.

    Prints for each measure the values that 10, 50 and 90 % of the drawn courses stay under: end, calls, people reached,
    calls per hour, the share abandoned, and the share of their time that agents talk.
    """
    with context.unit() as unit:
        subject = subject_of(unit, campaign, now=bootstrap.now())
        rates = _rates(given, subject)
        if past:
            rates = past_rates(unit, campaign, zone=subject.zone, otherwise=rates)
    scene = Scene(
        spec=subject.spec,
        trunk=_trunk(context, subject),
        rates=rates,
        contacts=contacts or min(max(1, subject.contacts), _MOST_CONTACTS),
        start=_start(start).astimezone(ZoneInfo(subject.zone)),
        agents=subject.agents if agents is None else agents,
        queue=subject.queue,
        shift_s=None if shift_h is None else shift_h * 3600.0,
        most_s=most_h * 3600.0,
        zones=subject.zones,
        rulebook=bootstrap.rulebook(context.settings),
    )
    log.configure(level="error", form="text")  # what the engine says of calls that nobody makes is of no use here
    found = compare(scene, vary=_vary(vary), seeds=range(seed, seed + runs))
    context.show([_document(each, scene) for each in found], lambda: _table(found, scene))
    if not context.as_json and contacts is None and subject.contacts > _MOST_CONTACTS:
        click.echo(f"of {subject.contacts} contacts the first {_MOST_CONTACTS} are forecast; --contacts takes more")


def _rates(given: dict[str, float | None], subject: Subject) -> Rates:
    told: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if "answered" in told:
        told["answered"] = (told["answered"],)
    return replace(_LIKE, zone=subject.zone, **told)


def _trunk(context: Context, subject: Subject) -> Any:
    trunk = context.settings.trunks.get(subject.spec.trunk)
    if trunk is None:
        raise BadInputError(f"no [[trunk]] {subject.spec.trunk} in the settings", hint="see dialerd trunk list")
    return trunk


def _start(text: str | None) -> datetime:
    if text is None:
        return bootstrap.now()
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise BadInputError(f"{text[:40]!r} is no time", hint="write 2026-12-01T09:00+01:00") from None


def _vary(given: Sequence[str]) -> dict[str, list[str]]:
    varied = {}
    for each in given:
        key, sign, values = each.partition("=")
        if not sign or not key or not all(values.split(",")):
            raise BadInputError(f"--vary {each[:60]!r} is not KEY=A,B,C", hint="like --vary ratio=1,2,3")
        varied[key] = values.split(",")
    return varied


def _document(forecast: Forecast, scene: Scene) -> dict[str, Any]:
    return {
        "varied": dict(forecast.varied),
        "runs": len(forecast.courses),
        "unfinished": sum(not course.is_over for course in forecast.courses),
        "ends_at": {f"p{share}": _ends_at(forecast, scene, share) for share in PERCENTILES},
        **{
            measure: {f"p{share}": forecast.percentile(measure, share) for share in PERCENTILES} for measure in MEASURES
        },
    }


def _ends_at(forecast: Forecast, scene: Scene, share: int) -> datetime:
    return scene.start + timedelta(seconds=round(forecast.percentile("lasted_s", share)))


def _table(found: Sequence[Forecast], scene: Scene) -> Table:
    columns = ("", "end", "calls", "reached", "calls/h", "abandoned", "agents talk")
    return simple_table(columns, (row for forecast in found for row in _rows(forecast, scene)))


def _rows(forecast: Forecast, scene: Scene) -> Iterator[tuple[object, ...]]:
    name = ", ".join(f"{key} = {value}" for key, value in forecast.varied.items()) or scene.spec.name
    for share in PERCENTILES:
        end = f"{_ends_at(forecast, scene, share):%a %H:%M}"
        if share == PERCENTILES[-1] and not all(course.is_over for course in forecast.courses):
            end = "not over"
        yield (
            f"{name}: {share} %",
            end,
            f"{forecast.percentile('calls', share):.0f}",
            f"{forecast.percentile('reached', share):.0f}",
            f"{forecast.percentile('calls_per_h', share):.0f}",
            f"{forecast.percentile('abandoned', share):.2%}",
            f"{forecast.percentile('talking', share):.0%}" if scene.agents else "-",
        )
