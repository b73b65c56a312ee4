"""`dialerd disposition`: sets of custom dispositions, and giving one to an attempt.

Not here: counting them (`campaign dispositions`, in run.py).
"""

from __future__ import annotations

from pathlib import Path

import click

from dialerd import bootstrap
from dialerd.cli.callback import when
from dialerd.cli.context import Context, read_toml, simple_table, with_json
from dialerd.cli.deleting import delete_by_name, yes_option
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.usecases import dispositions as use
from dialerd.usecases.callbacks import Wish


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
        applied = use.apply_set(unit, given, actor=context.actor, now=bootstrap.now(), dry_run=dry_run)
    verb = "would be" if dry_run else "is"
    said = f"{verb} kept, with {len(given.disposition)} dispositions" if applied.is_changed else "is so already"
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
            ("code", "positive", "dialed again after", "callback", "text"),
            ((d.code, d.positive, d.retry_after_min, d.callback, d.text) for d in found.disposition),
        ),
    )


@disposition.command()
@click.argument("name")
@yes_option
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a set that no campaign names."""
    delete_by_name(
        context,
        f"set of dispositions {name}",
        yes=yes,
        look=lambda unit: use.get_set(unit, name),
        delete=lambda unit, now: use.delete_set(unit, name, actor=context.actor, now=now),
    )


@disposition.command()
@click.argument("attempt_id", metavar="ATTEMPT_ID")
@click.argument("code")
@click.option("--at", metavar="TIME", help="Call back at that time, by the customer's clock or with an offset.")
@click.option("--in", "in_min", type=float, metavar="MINUTES", help="Call back in so many minutes from now.")
@click.option("--agent", help="Have this agent call back.")
@click.option("--notes", default="", help="What whoever calls back should know.")
@click.pass_obj
def give(
    context: Context, attempt_id: str, code: str, at: str | None, in_min: float | None, agent: str | None, notes: str
) -> None:
    """Let a disposition of the campaign's set take the place of the system's on a call that has ended.

    ATTEMPT_ID is in campaign export, contact timeline and agent show. The options are for one that asks for a callback.
    """
    now = bootstrap.now()
    wish = None
    if at is not None or in_min is not None or agent is not None or notes:
        wish = Wish(at=when(at, in_min, now, is_needed=False), agent=agent, notes=notes)
    with context.change() as unit:
        given = use.give(unit, attempt_id, code, callback=wish, actor=context.actor, now=now)
    later = f"; it is dialed again at {given.retry_at.isoformat(timespec='seconds')}" if given.retry_at else ""
    if given.callback is not None:
        planned_at = given.callback.local(given.callback.planned_at)
        later = f"; callback {given.callback.id} is set for {planned_at.isoformat(timespec='minutes')}"
    click.echo(f"attempt {given.attempt_id} ended as {given.final} (the system says {given.system}){later}")
