"""`dialerd queue`: the queues that agents serve.

Not here: agents (agent.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, facts_table, read_toml, simple_table, with_json
from dialerd.cli.deleting import delete_by_name, yes_option
from dialerd.domain.queue import read_queue
from dialerd.usecases import queues as use
from dialerd.usecases.definitions import Applied


@click.group()
def queue() -> None:
    """Keep the queues whose agents take the answered calls."""


@queue.command("apply")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@with_json
@click.pass_obj
def apply_file(context: Context, file: Path, dry_run: bool) -> None:
    """Create the queue of FILE.toml, or bring it to what the file says. The same file twice changes nothing."""
    spec = read_queue(read_toml(file), source=str(file))
    with context.unit() if dry_run else context.change() as unit:
        applied = use.apply_queue(unit, spec, actor=context.actor, now=bootstrap.now(), dry_run=dry_run)
    document = {
        "queue": applied.name,
        "is_new": applied.is_new,
        "dry_run": dry_run,
        "changes": {key: {"old": old, "new": new} for key, (old, new) in applied.changes.items()},
        "warnings": list(applied.warnings),
    }
    context.show(document, lambda: "\n".join(_told(applied, dry_run=dry_run)))


def _told(applied: Applied, *, dry_run: bool) -> Iterator[str]:
    verb = "would be" if dry_run else "is"
    if not applied.changes:
        yield f"queue {applied.name} is as the file says; nothing to change"
    elif applied.is_new:
        yield f"queue {applied.name} {verb} created"
    else:
        yield f"queue {applied.name} {verb} changed"
        yield from (f"  {key}: {old!r} -> {new!r}" for key, (old, new) in applied.changes.items())
    yield from (f"warning: {each}" for each in applied.warnings)


@queue.command("list")
@with_json
@click.pass_obj
def list_queues(context: Context) -> None:
    """List the queues, with how many of their agents are logged in."""
    with context.unit() as unit:
        found = use.list_queues(unit)
    context.show(
        [
            {
                "queue": each.spec.name,
                "kind": each.spec.kind,
                "agents": len(each.spec.agents),
                "logged_in": each.logged_in,
                "ready": each.ready,
                "campaigns": list(each.campaigns),
                "description": each.spec.description,
            }
            for each in found
        ],
        lambda: simple_table(
            ("queue", "kind", "agents", "logged in", "ready", "campaigns"),
            (
                (each.spec.name, each.spec.kind, len(each.spec.agents), each.logged_in, each.ready, each.campaigns)
                for each in found
            ),
        ),
    )


@queue.command()
@click.argument("name")
@with_json
@click.pass_obj
def show(context: Context, name: str) -> None:
    """Show a queue as its file has it, defaults included."""
    with context.unit() as unit:
        table = use.get_queue(unit, name).as_table()
    context.show(table, lambda: facts_table(table))


@queue.command()
@click.argument("name")
@yes_option
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a queue that no campaign names."""
    delete_by_name(
        context,
        f"queue {name}",
        yes=yes,
        look=lambda unit: use.get_queue(unit, name),
        delete=lambda unit, now: use.delete_queue(unit, name, actor=context.actor, now=now),
    )
