"""`dialerd campaign`: definitions: apply, list, show, clone, delete.

Not here: running them (run.py, which adds its verbs to this noun).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import tomli_w
from rich.console import RenderableType

from dialerd import bootstrap
from dialerd.cli.context import Context, facts_table, read_toml, simple_table, with_json
from dialerd.cli.deleting import delete_by_name, yes_option
from dialerd.cli.filtertest import show_filter_test
from dialerd.domain.campaign import read_campaign
from dialerd.domain.view import read_view
from dialerd.domain.words import CampaignState, Mode
from dialerd.usecases import campaigns, campaigntable, filters, views
from dialerd.usecases.dnc import Scrub, scrub_lists
from dialerd.usecases.standing import get_campaign

_SHOWN = ("campaign", "mode", "priority", "state", "progress", "left", "agents", "lists", "connection", "last_run_at")
_STATE = click.Choice([*map(str, CampaignState)])
_MODE = click.Choice([*map(str, Mode)])


@click.group()
def campaign() -> None:
    """Define campaigns, run them and see how they stand."""


@campaign.command("apply")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@with_json
@click.pass_obj
def apply_file(context: Context, file: Path, dry_run: bool) -> None:
    """Create the campaign of FILE.toml, or bring it to what the file says. The same file twice changes nothing."""
    spec = read_campaign(read_toml(file), source=str(file))
    with context.unit() if dry_run else context.change() as unit:
        applied = campaigns.apply_campaign(
            unit,
            spec,
            trunks=context.settings.trunks,
            rulebook=bootstrap.rulebook(context.settings),
            actor=context.actor,
            now=bootstrap.now(),
            dry_run=dry_run,
            routes=context.settings.routes,
        )
    with context.unit() as unit:
        scrub = scrub_lists(unit, spec, bootstrap.now())
    document = {
        "campaign": applied.name,
        "is_new": applied.is_new,
        "dry_run": dry_run,
        "changes": {key: {"old": old, "new": new} for key, (old, new) in applied.changes.items()},
        "state": str(applied.state),
        "lacks": list(applied.lacks),
        "warnings": list(applied.warnings),
        "contacts": scrub.contacts,
        "kept": scrub.kept,
        "on_dnc": scrub.on_dnc,
    }
    context.show(document, lambda: _told(applied, scrub, dry_run=dry_run))


@campaign.command("list")
@click.option("--view", "view_name", metavar="NAME", help="With this saved view (dialerd view list).")
@click.option("--state", "states", multiple=True, type=_STATE, help="Only in this state.")
@click.option("--priority", "priorities", multiple=True, type=click.IntRange(1, 5), help="Only of this priority.")
@click.option("--mode", "modes", multiple=True, type=_MODE, help="Only in this mode.")
@click.option(
    "--sort", metavar="COLUMN", help="By this column; -COLUMN: the largest first. Default: the last run first."
)
@with_json
@click.pass_obj
def list_campaigns(
    context: Context,
    view_name: str | None,
    states: tuple[str, ...],
    priorities: tuple[int, ...],
    modes: tuple[str, ...],
    sort: str | None,
) -> None:
    """List the campaigns with their latest runs, by a saved view or by what is asked for here."""
    asked = {"states": states, "priorities": priorities, "modes": modes, "sort": sort}
    asked = {key: value for key, value in asked.items() if value}
    with context.unit() as unit:
        saved = (
            views.default(unit, context.actor)
            if view_name is None
            else views.get(unit, view_name, reader=context.actor)
        )
        table = {} if saved is None or (view_name is None and asked) else saved.spec.as_table()
        view = read_view({**table, **asked}, source="campaign list")
        lines = campaigntable.table(unit, view, now=bootstrap.now())
    context.show([_line_document(each) for each in lines], lambda: _table(lines, view.columns or _SHOWN))


def _line_document(line: campaigntable.CampaignLine) -> dict[str, object]:
    """`last_run` and the names before it are those of the first version."""
    return {**dataclasses.asdict(line), "last_run": line.last_run_at}


def _table(lines: Sequence[campaigntable.CampaignLine], columns: Sequence[str]) -> RenderableType:
    return simple_table(columns, ([_cell(line, column) for column in columns] for line in lines))


def _cell(line: campaigntable.CampaignLine, column: str) -> object:
    match column:
        case "progress":
            return f"{line.done}/{line.targets}"
        case "connection":
            return f"{line.connection.kind} {line.connection.name}".replace("none ", "")
        case "abandoned_rate":
            return f"{line.abandoned_rate:.2%}"
        case _:
            value: object = getattr(line, column)
            return value


@campaign.command()
@click.argument("name")
@click.option("--toml", "as_toml", is_flag=True, help="Print the campaign as the file that makes it.")
@with_json
@click.pass_obj
def show(context: Context, name: str, as_toml: bool) -> None:
    """Show one campaign's definition."""
    with context.unit() as unit:
        table = get_campaign(unit, name).spec.as_table()
    if as_toml:
        click.echo(tomli_w.dumps(table), nl=False)
        return
    context.show(table, lambda: facts_table(table))


@campaign.command("test-filter")
@click.argument("name")
@click.option("--filter", "text", help="Try this filter in place of the campaign's own.")
@with_json
@click.pass_obj
def test_filter(context: Context, name: str, text: str | None) -> None:
    """Count whom the filter keeps, what each condition removes, and show a sample; nothing is changed."""
    with context.unit() as unit:
        found = filters.try_filter_of_campaign(unit, name, text, bootstrap.now())
    show_filter_test(context, found)


@campaign.command()
@click.argument("name")
@click.argument("new_name")
@click.pass_obj
def clone(context: Context, name: str, new_name: str) -> None:
    """Copy a campaign under a new name; its runs are not copied."""
    with context.change() as unit:
        campaigns.clone_campaign(unit, name, new_name, actor=context.actor, now=bootstrap.now())
    click.echo(f"campaign {new_name} is a copy of {name}")


@campaign.command()
@click.argument("name")
@click.argument("new_name")
@click.pass_obj
def rename(context: Context, name: str, new_name: str) -> None:
    """Give a campaign another name; its runs and the campaigns that lead to it go along."""
    with context.change() as unit:
        campaigns.rename_campaign(unit, name, new_name, actor=context.actor, now=bootstrap.now())
    click.echo(f"campaign {name} is called {new_name} now")


@campaign.command()
@click.argument("name")
@yes_option
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a campaign with the results of all its runs; refused while one is unfinished."""
    delete_by_name(
        context,
        f"campaign {name}",
        yes=yes,
        look=lambda unit: campaigns.check_deletable(unit, name, bootstrap.now()),
        delete=lambda unit, now: campaigns.delete_campaign(unit, name, actor=context.actor, now=now),
        along=lambda _: " with the results of all its runs",
    )


def _told(applied: campaigns.Applied, scrub: Scrub, *, dry_run: bool) -> str:
    kept = "" if scrub.kept == scrub.contacts else f", its filter keeps {scrub.kept}"
    listed = f"  {scrub.contacts} contacts, {scrub.on_dnc} of them on its do-not-call lists{kept}"
    return "\n".join((*_changes(applied, dry_run=dry_run), listed, *_remarks(applied)))


def _changes(applied: campaigns.Applied, *, dry_run: bool) -> Iterator[str]:
    if not applied.changes:
        yield f"campaign {applied.name} is as the file says; nothing to change"
        return
    verb = "would be" if dry_run else "is"
    if applied.is_new:
        yield f"campaign {applied.name} {verb} created"
        return
    yield f"campaign {applied.name} {verb} changed"
    for key, (old, new) in applied.changes.items():
        yield f"  {key}: {old!r} -> {new!r}"


def _remarks(applied: campaigns.Applied) -> Iterator[str]:
    yield from (f"warning: {each}" for each in applied.warnings)
    if applied.lacks:
        yield f"it is a draft: to run, it needs {', '.join(applied.lacks)}"
