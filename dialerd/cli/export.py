"""`dialerd campaign export`: attempts with all that is known of them, as a CSV file.

Not here: the rows (usecases/export.py), writing CSV that a spreadsheet can open safely (adapters/files/csvwriter.py).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dialerd import bootstrap
from dialerd.cli.campaign import campaign
from dialerd.cli.context import Context, Moment, with_json
from dialerd.usecases.export import ALL, COLUMNS, Wanted, export_attempts

_STANDARD_OUTPUT = Path("-")


class _Run(click.ParamType[int | str]):
    name = "run"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        text = str(value)
        if text != ALL and not (text.isascii() and text.isdigit()):
            self.fail(f"{text!r} is neither a run's number nor {ALL}", param, ctx)
        return ALL if text == ALL else int(text)


@campaign.command("export")
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    help="Write to this CSV file; - is standard output.",
)
@click.option("--run", type=_Run(), metavar="N|all", help="Of the run with this number, or of all (default: the last).")
@click.option("--since", type=Moment(), metavar="TIME", help="Only attempts that began at this time or later.")
@click.option("--until", type=Moment(), metavar="TIME", help="Only attempts that began before this time.")
@click.option("--disposition", "dispositions", multiple=True, help="Only attempts that ended so; may be repeated.")
@with_json
@click.pass_obj
def export(
    context: Context,
    name: str,
    out: Path,
    run: int | str | None,
    since: datetime | None,
    until: datetime | None,
    dispositions: tuple[str, ...],
) -> None:
    """Write the attempts of a campaign to a CSV file, in the order of dialing.

    The file appears whole or not at all.
    """
    if context.as_json and out == _STANDARD_OUTPUT:
        raise click.UsageError("--json tells how many rows a file has got; with --out - standard output is the file")
    wanted = Wanted(run=run, since=since, until=until, dispositions=dispositions or None)
    rows = export_attempts(context.read, name, wanted)
    if out == _STANDARD_OUTPUT:
        bootstrap.print_rows(COLUMNS, rows)
        return
    count = bootstrap.write_rows(context.settings, out, COLUMNS, rows)
    document = {"campaign": name, "file": str(out), "attempts": count}
    context.show(document, lambda: f"{count} attempts are written to {out}")
