"""`dialerd amd tune`: better parameters for detection, from recordings of answered calls.

Not here: the replay (domain/amdreplay.py), reading the files (amdhouse.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from dialerd.amdhouse import read_corpus
from dialerd.cli.amd import amd, with_parameters
from dialerd.cli.context import Context, simple_table, terminal, with_json
from dialerd.domain import amdchart
from dialerd.domain.amdreplay import Parameters, as_amd_conf
from dialerd.domain.amdtuning import FEW, Trial, Tuning, tune
from dialerd.domain.errors import BadInputError
from dialerd.domain.words import AttemptId, Verdict
from dialerd.usecases.detection import found_by_agents

_COLUMNS = ("AMD()", "people_lost", "machines_missed", "unsure", "to_person_s", "to_machine_s", "")
_SHOWN = 15


@amd.command("tune")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--labels", type=click.Path(path_type=Path, dir_okay=False), help="CSV with the columns file and label.")
@click.option("--by-agents", is_flag=True, help="By what agents said of the attempt whose id is in a file's name.")
@with_parameters
@click.option(
    "--weight",
    type=click.FloatRange(0.01, 1000),
    default=3.0,
    show_default=True,
    help="So many machines missed are as bad as one person lost.",
)
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw the trade-off into this file, too.")
@with_json
@click.pass_obj
def tune_command(
    context: Context,
    folder: Path,
    labels: Path | None,
    by_agents: bool,
    in_use: Parameters,
    weight: float,
    svg: Path | None,
) -> None:
    """Try parameters of Asterisk's detection on the recordings in DIR, and suggest some.

    A recording begins with the answer: WAV of 8000 Hz, one channel, or Asterisk's .ulaw, .alaw, .sln. Those in a folder
    human are of people, those in a folder machine of machines. Each is replayed through Asterisk's own algorithm with a
    grid of parameters. Taking a person for a machine counts as much as missing WEIGHT machines.
    """
    if labels is not None and by_agents:
        raise BadInputError("--labels and --by-agents: only one of them can say who answered", hint="leave one out")

    def told(attempts: Collection[AttemptId]) -> Mapping[AttemptId, Verdict]:
        return context.read(lambda unit: found_by_agents(unit, attempts))

    corpus = read_corpus(folder, labels=labels, told=told if by_agents else None, seconds=in_use.heard_s)
    found = tune(corpus.heard, now=in_use, weight=weight)
    if svg is not None:
        _write(svg, amdchart.as_svg(found))
    context.show(_document(found, corpus.left_out), lambda: _table(found))
    if not context.as_json:
        _tell(found, corpus.left_out)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise BadInputError(f"{file} cannot be written: {error.strerror}", hint="check its folder") from error


def _table(found: Tuning) -> Any:
    shown = [found.now, *(each for each in found.best[: _SHOWN - 1] if each != found.now)]
    shown += [] if found.suggested in shown else [found.suggested]
    return simple_table(_COLUMNS, (_row(each, found) for each in shown))


def _row(trial: Trial, found: Tuning) -> tuple[str, ...]:
    mark = " ".join(word for word, each in (("now", found.now), ("suggested", found.suggested)) if each == trial)
    lost = f"{trial.people_lost} of {trial.people} ({trial.lost_share:.1%})"
    missed = f"{trial.machines_missed} of {trial.machines} ({trial.missed_share:.1%})"
    times = ("-" if each is None else f"{each:.2f}" for each in (trial.to_person_s, trial.to_machine_s))
    return (str(trial.parameters), lost, missed, str(trial.unsure), *times, mark)


def _tell(found: Tuning, left_out: int) -> None:
    out = terminal()
    for line in amdchart.as_text(found):
        click.echo(line)
    people, machines = found.now.people, found.now.machines
    click.echo(f"{found.tried} settings on {people} people and {machines} machines; {left_out} recordings left out")
    if min(people, machines) < FEW:
        out.print(f"That is few: with fewer than {FEW} of each, what is best here may not be best elsewhere.")
    if found.suggested == found.now:
        click.echo("Suggested: what is in use.")
        return
    click.echo("Suggested, in extensions_dialerd.conf (dialplan reload):")
    click.echo(f"DIALERD_AMD={found.suggested.parameters}")
    click.echo("or, for AMD() without arguments, in amd.conf (module reload app_amd.so):")
    for line in as_amd_conf(found.suggested.parameters):
        click.echo(line)


def _document(found: Tuning, left_out: int) -> dict[str, object]:
    return {
        "recordings": {"people": found.now.people, "machines": found.now.machines, "left_out": left_out},
        "tried": found.tried,
        "weight": found.weight,
        "now": _trial(found.now),
        "suggested": _trial(found.suggested),
        "best": [_trial(each) for each in found.best],
        "amd_conf": list(as_amd_conf(found.suggested.parameters)),
    }


def _trial(trial: Trial) -> dict[str, object]:
    shares = {"lost_share": trial.lost_share, "missed_share": trial.missed_share}
    return {**dataclasses.asdict(trial), "amd": str(trial.parameters), **shares}
