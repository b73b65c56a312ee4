"""`dialerd simulate`: what a campaign would come to, before anybody is called.

Not here: the forecast (simulate/forecast.py), what it starts from (usecases/forecasting.py), how it is shown
(forecasttable.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from dialerd import bootstrap, log
from dialerd.cli.context import Context, read_toml, with_json
from dialerd.cli.forecasttable import document, tables
from dialerd.domain.errors import BadInputError
from dialerd.domain.habits import Habits, check_habits
from dialerd.domain.rates import Rates
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import Channel
from dialerd.domain.world import World, read_world
from dialerd.simulate.forecast import compare
from dialerd.simulate.scene import Scene, WayOut
from dialerd.usecases.forecasting import Subject, past_world, subject_of

_MOST_CONTACTS = 20_000
"""More are taken only when they are asked for: a forecast is to take seconds."""

_LIKE = Rates()


@click.command("simulate")
@click.argument("campaign")
@click.option("--agents", type=click.IntRange(0, 2000), help="How many agents work (default: those of the queue).")
@click.option("--contacts", type=click.IntRange(1, 1_000_000), help="How many are called (default: the lists' own).")
@click.option("--past", is_flag=True, help="Take the world from the campaign's own past attempts.")
@click.option(
    "--world",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Take the world from FILE.toml; the README has one (A forecast).",
)
@click.option(
    "--sounds",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Take how long sounds last from the files in this folder.",
)
@click.option("--set", "keys", multiple=True, metavar="KEY=VALUE", help="One key of the world, like press.1=0.12.")
@click.option("--answered", type=float, help=f"Share of calls that are answered (default {_LIKE.answered[0]}).")
@click.option("--machine", type=float, help=f"Share of answers by machines (default {_LIKE.machine}).")
@click.option("--ring", "ring_s", type=float, help=f"Seconds until an answer (default {_LIKE.ring_s:g}).")
@click.option("--talk", "talk_s", type=float, help=f"Seconds of a talk (default {_LIKE.talk_s:g}).")
@click.option("--wrap-up", "wrap_up_s", type=float, help=f"Seconds of work after it (default {_LIKE.wrap_up_s:g}).")
@click.option("--shift", "shift_h", type=click.FloatRange(0.1, 24), help="Hours after which the agents go home.")
@click.option("--start", help="When it begins, like 2026-12-01T09:00+01:00 (default: now).")
@click.option("--hours", "most_h", type=click.FloatRange(0.1, 744), default=24.0, help="Look so far ahead (24).")
@click.option(
    "--vary",
    multiple=True,
    metavar="KEY=A,B,C",
    help="Compare values of a key of the campaign or the world, or of agents: ratio=1,2,3.",
)
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
    world: Path | None,
    keys: tuple[str, ...],
    sounds: Path | None,
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
    calls per hour, the share abandoned, and the share of their time that agents talk; then what became of the attempts,
    and of those who came to each node of its flow and each step of its strategy.

    The world is the usual one, under that of --past, under that of --world, under single options and --set.
    """
    with context.unit() as unit:
        subject = subject_of(unit, campaign, now=bootstrap.now())
        found = (replace(Rates(), zone=subject.zone), Habits())
        if past:
            found = past_world(unit, campaign, zone=subject.zone, otherwise=found)
    if sounds is not None:
        measured = bootstrap.sound_lengths(sounds, subject.sounds, subject.flow.languages if subject.flow else ())
        found = found[0], found[1].model_copy(update={"sound": measured})
    found = _world(found, world, given, keys)
    if subject.flow is not None:
        check_habits(found[1], subject.flow)
    scene = Scene(
        spec=subject.spec,
        trunk=_trunk(context, subject),
        rates=found[0],
        habits=found[1],
        contacts=contacts or min(max(1, subject.contacts), _MOST_CONTACTS),
        start=_start(start).astimezone(ZoneInfo(subject.zone)),
        agents=agents,
        queues=subject.queues,
        flow=subject.flow,
        strategy=subject.strategy,
        dispositions=subject.dispositions,
        ways_out=tuple(_ways_out(context, subject)),
        words=bootstrap.reply_words(),
        transfer_prefixes=context.settings.transfer.prefixes,
        people=subject.people,
        shift_s=None if shift_h is None else shift_h * 3600.0,
        most_s=most_h * 3600.0,
        zones=subject.zones,
        rulebook=bootstrap.rulebook(context.settings),
    )
    for way in scene.ways_out:
        if way.is_stand_in:
            click.echo(f"the settings have no route for {way.channel}: one of 10 messages a second stands in", err=True)
    log.configure(level="error", form="text")  # what the engine says of calls that nobody makes is of no use here
    forecasts = compare(scene, vary=_vary(vary), seeds=range(seed, seed + runs))
    context.show([document(each, scene) for each in forecasts], lambda: tables(forecasts, scene))
    if not context.as_json and contacts is None and subject.contacts > _MOST_CONTACTS:
        click.echo(f"of {subject.contacts} contacts the first {_MOST_CONTACTS} are forecast; --contacts takes more")


def _world(over: World, file: Path | None, given: dict[str, float | None], keys: Sequence[str]) -> World:
    if file is not None:
        over = read_world(read_toml(file), over=over, source=str(file))
    over = read_world({key: value for key, value in given.items() if value is not None}, over=over, source="options")
    told = {}
    for each in keys:
        key, sign, value = each.partition("=")
        if not sign or not value:
            raise BadInputError(f"--set {each[:60]!r} is not KEY=VALUE", hint="like --set press.1=0.12")
        told[key.strip()] = value.strip()
    return read_world(told, over=over, source="--set")


def _ways_out(context: Context, subject: Subject) -> Iterator[WayOut]:
    """The routes that the settings have for what is sent; where they have none, one stands in, under every name."""
    settings = context.settings
    for channel, named in subject.channels.items():
        own = settings.sms if channel is Channel.SMS else settings.mail
        for each in own:
            yield WayOut(
                name=each.name, channel=channel, messages_per_second=each.messages_per_second, window=each.window
            )
        for name in sorted(named - {each.name for each in own} or ({str(channel)} if not own else ())):
            yield WayOut(name=name, channel=channel, is_stand_in=True)


def _trunk(context: Context, subject: Subject) -> Trunk | None:
    if not subject.spec.trunk:
        return None
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
