"""`dialerd person`: what is held about somebody who is called, and forgetting them; `dialerd retention`: by age.

Not here: lists of those who want no calls (optout.py, dnc.py).
"""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, facts_table, simple_table, with_json
from dialerd.domain.errors import BadInputError
from dialerd.usecases import persons as use
from dialerd.usecases import retention as aging

_WHO = click.argument("who", metavar="NUMBER|EMAIL|contact:ID")


@click.group()
def person() -> None:
    """Tell a person what is held about them, or erase them everywhere."""


@person.command()
@_WHO
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the document to this new file.")
@with_json
@click.pass_obj
def export(context: Context, who: str, out: Path | None) -> None:
    """Show everything that is held about a person, as JSON with --json or --out.

    The contacts with the number or address, those that share a number with them, and all rows about them. Recordings
    are named; their sound is with Asterisk.
    """
    with context.unit() as unit:
        held = use.held_about(unit, who, region=context.settings.phone.default_region)
    with context.change() as unit:
        use.note_export(unit, held, actor=context.actor, now=bootstrap.now())
    document = dataclasses.asdict(held)
    if out is not None:
        _write(out, document)
    counts = {title: len(rows) for title, rows in held.rows.items() if rows}
    context.show(document, lambda: facts_table({"contacts": held.contacts, **counts}))


@person.command()
@_WHO
@click.option("--do-not-call", is_flag=True, help="Put every address of theirs on the global do-not-call list, too.")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and do nothing.")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@with_json
@click.pass_obj
def erase(context: Context, who: str, do_not_call: bool, dry_run: bool, yes: bool) -> None:
    """Erase a person everywhere: contacts, notes, callbacks, messages, replies, recordings, the audit log.

    Do-not-call entries and opt-outs stay, since they can only be obeyed by who knows the address; so does the record
    that calls took place and how they ended, which names nobody. Refused while a call to them is up. Files that were
    exported and backups are yours to look after.
    """
    region = context.settings.phone.default_region
    if not (yes or dry_run):
        click.confirm(f"Erase {who} everywhere? This cannot be undone", abort=True)
    with context.change() as unit:
        done = use.erase_person(
            unit, who, do_not_call=do_not_call, region=region, actor=context.actor, now=bootstrap.now(), dry_run=dry_run
        )
    is_swept = dry_run
    while not is_swept:
        with context.change() as unit:
            is_swept = use.sweep(unit)
    rows = {title: count for title, count in done.rows.items() if count}
    context.show(
        dataclasses.asdict(done), lambda: facts_table({"contacts": done.contacts, **rows, "on_dnc": done.on_dnc})
    )
    if done.rows.get("recordings") and not dry_run and not context.is_heard:
        click.echo("no daemon is running: it deletes the recordings when it does", err=True)


def _write(out: Path, document: object) -> None:
    """Readable by its owner alone, and never over another file."""
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=2, default=str)
    except OSError as error:
        raise BadInputError(
            f"{out} cannot be written: {error.strerror}", hint="name a file that is not there"
        ) from error


@click.command()
@with_json
@click.pass_obj
def retention(context: Context) -> None:
    """Show for how long things are kept ([retention] of the settings), and how much of each would go now.

    The daemon forgets what is older, a few rows at a time, and deletes old recordings from Asterisk.
    """
    with context.unit() as unit:
        found = aging.list_due(unit, context.settings.retention.as_rules(), bootstrap.now())
    context.show(
        [dataclasses.asdict(each) for each in found],
        lambda: simple_table(
            ("kind", "days", "older than", "rows"),
            ((e.kind, "for ever" if e.days is None else e.days, e.before, e.rows) for e in found),
        ),
    )
