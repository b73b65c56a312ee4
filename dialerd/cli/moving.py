"""`dialerd import`: another dialer's database taken over.

Not here: files of contacts (`dialerd list import`), the dump (adapters/files), taking it in (usecases/movingin.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import tomli_w
from rich.console import Group, RenderableType

from dialerd import bootstrap
from dialerd.cli.context import Context, facts_table, one_line, simple_table, with_json
from dialerd.cli.rows import Tally, progress
from dialerd.domain.contact import RejectedRow
from dialerd.domain.errors import BadInputError
from dialerd.domain.hours import is_zone
from dialerd.domain.vicidial import Draft, Survey
from dialerd.ports import Chunk, Dump
from dialerd.usecases import importing, lists, movingin
from dialerd.usecases.movedrows import Wish
from dialerd.usecases.movingin import Taken


@click.group("import")
def import_group() -> None:
    """Move in from another dialer. Contacts from a CSV file come with dialerd list import."""


@import_group.command()
@click.argument("dump", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--timezone", required=True, help="Read its times by this clock: the zone of the ViciDial server.")
@click.option("--region", help="Assume this region for numbers without a country code (default: the settings').")
@click.option("--prefix", default="vicidial-", show_default=True, help="Begin every name with this.")
@click.option(
    "--attempts",
    type=click.Choice(["all", "since-reset"]),
    default="all",
    show_default=True,
    help="Count all calls to a lead as its attempts, or those since its list was last reset.",
)
@click.option("--campaigns", type=click.Path(path_type=Path, file_okay=False), help="Write draft campaigns here.")
@click.option("--dry-run", is_flag=True, help="Read and check the whole dump, say what would come, and do nothing.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the rejected rows to this CSV file."
)
@with_json
@click.pass_obj
def vicidial(
    context: Context,
    dump: Path,
    timezone: str,
    region: str | None,
    prefix: str,
    attempts: str,
    campaigns: Path | None,
    dry_run: bool,
    report: Path | None,
) -> None:
    """Take over what a dump of ViciDial's database has (mysqldump's text, also packed with gzip).

    Leads with what was done with them, do-not-call lists, statuses as sets of dispositions, callbacks that are still to
    be made. Nothing is ever started. Rows that cannot be used are reported and do not stop the rest. The same dump
    again, also after an interruption, adds what is missing and nothing twice. Campaigns become files to look at and to
    apply; callbacks come once their campaign is there: import again then.
    """
    if not is_zone(timezone):
        raise click.BadParameter(f"{timezone!r} is no time zone: use a name like America/New_York")
    if prefix:
        lists.check_name(prefix)
    wish = Wish(
        source=dump.name,
        prefix=prefix,
        region=lists.read_region(region or context.settings.phone.default_region),
        zone=timezone,
        by_pass=attempts == "since-reset",
        dry_run=dry_run,
        actor=context.actor,
    )
    tally = Tally()
    with ExitStack() as stack:
        if report is not None:
            tally.report = stack.enter_context(bootstrap.row_report(context.settings, report, source=dump)).add
        found, taken = asyncio.run(_move_in(context, bootstrap.dump(dump), wish, tally))
    files = _write_drafts(taken.drafts, campaigns) if campaigns is not None and not dry_run else []
    rejected = taken.rejected + taken.troubles
    document = {**_document(found, taken, dump=dump, dry_run=dry_run), "campaign_files": files}
    context.show({**document, "rejected_rows": tally.document}, lambda: _told(document))
    if not dry_run:
        bootstrap.poke(context.settings)
    if not context.as_json:
        tally.complain(rejected + taken.of_several)
        _advise(taken, has_files=campaigns is not None)
    if not (taken.lists or taken.dnc):
        raise BadInputError(
            f"{dump}: it has no lead and no do-not-call number that can be used; nothing is imported",
            hint="make it with mysqldump asterisk, and see the reasons",
        )


async def _move_in(context: Context, dump: Dump, wish: Wish, tally: Tally) -> tuple[Survey, Taken]:
    store = bootstrap.store(context.settings)
    surveyed = 0
    try:
        with progress(context, dump) as advance:

            def told(rows: Sequence[RejectedRow], position: int) -> None:
                if rows:
                    tally.take(Chunk(rejected=rows, line=rows[-1].line, position=position))
                advance(position)

            def surveying(rows: Sequence[RejectedRow], position: int) -> None:
                nonlocal surveyed
                surveyed += len(rows)
                told(rows, position)

            found = movingin.survey(dump, wish, told=surveying)
            taken = await movingin.move_in(store, dump, found, wish, now=bootstrap.now, told=told)
            taken.rejected += surveyed
            return found, taken
    finally:
        await store.close()


def _document(found: Survey, taken: Taken, *, dump: Path, dry_run: bool) -> dict[str, Any]:
    return {
        "file": str(dump),
        "dry_run": dry_run,
        "lists": [{"list": name, **importing.counts(row)} for name, row in sorted(taken.lists.items())],
        "contacts_settled": taken.over,
        "contacts_without_zone": taken.unplaced,
        "opted_out": taken.opted_out,
        "dnc": [
            {"list": name, "added": each.added, "already_there": each.already_there}
            for name, each in sorted(taken.dnc.items())
        ],
        "dnc_of_other_codes": {"barred": taken.barred_by_digits, "of_several_codes": taken.of_several},
        "disposition_sets": taken.sets,
        "unmapped_statuses": dict(sorted(taken.unmapped.items())),
        "callbacks": {
            "to_be_made": len(found.callbacks),
            "added": taken.callbacks,
            "already_there": taken.callbacks_already,
            "waiting_for_campaign": dict(sorted(taken.waiting.items())),
            "agents_missing": sorted(taken.agents_missing),
        },
        "campaigns": [{"campaign": each.name, "notes": list(each.notes)} for each in taken.drafts],
        "rejected": taken.rejected,
        "left_out": taken.troubles,
    }


def _told(document: dict[str, Any]) -> RenderableType:
    columns = ("list", "added", "already_there", "doubled", "on_dnc")
    rest = {key: value for key, value in document.items() if key not in ("lists", "dnc", "campaigns")}
    return Group(
        simple_table(columns, ([row[key] for key in columns] for row in document["lists"])),
        simple_table(
            ("do not call", "added", "already_there"),
            ((row["list"], row["added"], row["already_there"]) for row in document["dnc"]),
        ),
        facts_table(rest),
    )


def _advise(taken: Taken, *, has_files: bool) -> None:
    if taken.drafts and not has_files:
        click.echo("its campaigns are written as drafts with --campaigns FOLDER", err=True)
    if taken.waiting:
        names = ", ".join(sorted(taken.waiting))
        click.echo(f"callbacks wait for their campaigns: apply {names}, then import the dump again", err=True)


def _write_drafts(drafts: Sequence[Draft], folder: Path) -> list[str]:
    """The files that were written. One that is there already may have been worked on, and is left."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in drafts:
            path = folder / f"{each.name}.toml"
            try:
                with path.open("x", encoding="utf-8") as file:
                    file.write(_text(each))
            except FileExistsError:
                click.echo(f"{path} is there already and is left as it is", err=True)
                continue
            written.append(str(path))
    except OSError as error:
        raise BadInputError(
            f"{folder} cannot be written: {error.strerror}", hint="check its name and rights"
        ) from error
    return written


def _text(draft: Draft) -> str:
    notes = "".join(f"# - {one_line(note)}\n" for note in draft.notes)
    return f"# From ViciDial. Look at this before you apply it:\n{notes}\n{tomli_w.dumps(draft.table)}"
