"""`dialerd disposition`: sets of custom dispositions, and giving one to an attempt.

Not here: counting them (`campaign dispositions`, in run.py).
"""

from __future__ import annotations

from pathlib import Path

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, read_toml, simple_table, with_json
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.usecases import dispositions as use


@click.group()
def disposition() -> None:
    """Keep sets of outcomes of your own, beside the system's."""


@disposition.command("apply")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say whether something would change.")
@click.pass_obj
def apply_file(context: Context, file: Path, dry_run: bool) -> None:
    """Create the set of FILE.toml, or bring it to what the file says."""
    given = read_disposition_set(read_toml(file), source=str(file))
    with context.unit() if dry_run else context.change() as unit:
        is_changed = use.apply_set(unit, given, actor=context.actor, now=bootstrap.now(), dry_run=dry_run)
    verb = "would be" if dry_run else "is"
    said = f"{verb} kept, with {len(given.disposition)} dispositions" if is_changed else "is so already"
    click.echo(f"set of dispositions {given.name} {said}")


@disposition.command("list")
@with_json
@click.pass_obj
def list_sets(context: Context) -> None:
    """List the sets."""
    with context.unit() as unit:
        found = unit.dispositions.all()
    context.show(
        [{"set": each.name, "description": each.description, "codes": list(each.codes)} for each in found],
        lambda: simple_table(("set", "dispositions"), ((each.name, each.codes) for each in found)),
    )


@disposition.command()
@click.argument("name")
@with_json
@click.pass_obj
def show(context: Context, name: str) -> None:
    """Show one set."""
    with context.unit() as unit:
        found = use.get_set(unit, name)
    context.show(
        found.as_table(),
        lambda: simple_table(
            ("code", "positive", "dialed again after", "text"),
            ((d.code, d.positive, d.retry_after_min, d.text) for d in found.disposition),
        ),
    )


@disposition.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a set that no campaign names."""
    if not yes:
        click.confirm(f"Delete the set of dispositions {name}?", abort=True)
    with context.change() as unit:
        use.delete_set(unit, name, actor=context.actor, now=bootstrap.now())
    click.echo(f"set of dispositions {name} is deleted")


@disposition.command()
@click.argument("attempt_id", metavar="ATTEMPT")
@click.argument("code")
@click.pass_obj
def give(context: Context, attempt_id: str, code: str) -> None:
    """Let a disposition of the campaign's set take the place of the system's on a call that has ended."""
    with context.change() as unit:
        given = use.give(unit, attempt_id, code, actor=context.actor, now=bootstrap.now())
    later = f"; it is dialed again at {given.retry_at.isoformat(timespec='seconds')}" if given.retry_at else ""
    click.echo(f"attempt {given.attempt_id} ended as {given.final} (the system says {given.system}){later}")
