"""`dialerd amd check`: whether servers' verdicts are those of the replay; an overloaded one's are not.

Not here: the comparison (domain/amdcheck.py), keeping the recordings (asterisk-conf/extensions_dialerd.conf).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from dialerd.amdhouse import attempts_in, heard_in
from dialerd.cli.amd import amd, with_parameters
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.domain.amdcheck import LEAST, by_server, compare
from dialerd.domain.amdreplay import Parameters
from dialerd.domain.errors import IllegalActionError
from dialerd.usecases.detection import live_verdicts

_COLUMNS = ("asterisk", "checked", "agrees", "differs", "starved")


@amd.command("check")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@with_parameters
@click.option(
    "--limit",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="The share of wrong verdicts from which on it is an alarm.",
)
@with_json
@click.pass_obj
def check(context: Context, folder: Path, in_use: Parameters, limit: float) -> None:
    """Compare what each server said of the calls recorded in DIR with what the replay says of them.

    The recordings are those that DIALERD_AMD_RECORD keeps. Exit code 1 where a server's verdicts are wrong: it has more
    calls at once than it has time for.
    """
    files = attempts_in(folder)
    live = context.read(lambda unit: live_verdicts(unit, files))
    compared = (
        (asterisk, compare(heard_in(files[attempt_id], seconds=in_use.heard_s), said, in_use))
        for attempt_id, (asterisk, said) in live.items()
    )
    found = by_server(compared)
    documents = [{**dataclasses.asdict(each), "wrong_share": each.wrong_share} for each in found]
    rows = (tuple(getattr(each, column) for column in _COLUMNS) for each in found)
    context.show(documents, lambda: simple_table(_COLUMNS, rows))
    if wrong := [each for each in found if each.checked >= LEAST and each.wrong_share > limit]:
        told = ", ".join(f"{each.asterisk} in {each.wrong_share:.0%} of {each.checked} calls" for each in wrong)
        raise IllegalActionError(
            f"detection is not given its time: it is wrong on {told}",
            hint="let the server have fewer calls at once, with max_channels in [[asterisk]]",
        )
