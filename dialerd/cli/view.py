"""`dialerd view`: saved views of the table of campaigns.

Not here: the table (campaign.py: `dialerd campaign list --view NAME`).
"""

from __future__ import annotations

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.domain.view import COLUMNS, read_view
from dialerd.domain.words import CampaignState, Mode
from dialerd.ports import SavedView
from dialerd.usecases import views as use

_STATE = click.Choice([*map(str, CampaignState)])
_MODE = click.Choice([*map(str, Mode)])


@click.group()
def view() -> None:
    """Save views of the table of campaigns, yours and shared ones."""


@view.command("list")
@with_json
@click.pass_obj
def list_views(context: Context) -> None:
    """List your views and those that others share."""
    with context.unit() as unit:
        found = use.listed(unit, context.actor)
    context.show(
        [_document(each) for each in found],
        lambda: simple_table(
            ("view", "owner", "shared", "default", "shows"),
            (
                (
                    each.name,
                    each.owner,
                    "shared" if each.is_shared else "",
                    "default" if each.is_default else "",
                    each.spec.as_table(),
                )
                for each in found
            ),
        ),
    )


@view.command()
@click.argument("name")
@click.option("--state", "states", multiple=True, type=_STATE, help="Only in this state.")
@click.option("--priority", "priorities", multiple=True, type=click.IntRange(1, 5), help="Only of this priority.")
@click.option("--mode", "modes", multiple=True, type=_MODE, help="Only in this mode.")
@click.option(
    "--column", "columns", multiple=True, type=click.Choice(COLUMNS), help="Show this column; several: in turn."
)
@click.option("--sort", default="-last_run_at", show_default=True, help="By this column; -COLUMN: largest first.")
@click.option("--shared", "is_shared", is_flag=True, help="Others see it, too.")
@click.option("--default", "is_default", is_flag=True, help="Open the table with it.")
@click.option("--rename", "new_name", metavar="NAME", help="Call it so from now on.")
@click.pass_obj
def save(
    context: Context,
    name: str,
    states: tuple[str, ...],
    priorities: tuple[int, ...],
    modes: tuple[str, ...],
    columns: tuple[str, ...],
    sort: str,
    is_shared: bool,
    is_default: bool,
    new_name: str | None,
) -> None:
    """Save a view of that name, or change it; of at most 20 characters."""
    asked = {"states": states, "priorities": priorities, "modes": modes, "columns": columns, "sort": sort}
    spec, actor, now = read_view(asked), context.actor, bootstrap.now()
    with context.change() as unit:
        saved = use.save(unit, name, spec, owner=actor, is_shared=is_shared, new_name=new_name, actor=actor, now=now)
        if is_default:
            use.mark_default(unit, saved.name, reader=actor, actor=actor, now=now)
    click.echo(f"view {saved.name} is saved")


@view.command()
@click.argument("name")
@click.argument("new_name")
@click.pass_obj
def duplicate(context: Context, name: str, new_name: str) -> None:
    """Copy a view, yours or a shared one, under a new name."""
    with context.change() as unit:
        use.duplicate(unit, name, new_name, owner=context.actor, actor=context.actor, now=bootstrap.now())
    click.echo(f"view {new_name} is a copy of {name}")


@view.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete one of your views."""
    if not yes:
        click.confirm(f"Delete view {name}?", abort=True)
    with context.change() as unit:
        use.delete(unit, name, owner=context.actor, actor=context.actor, now=bootstrap.now())
    click.echo(f"view {name} is deleted")


@view.command()
@click.argument("name", required=False)
@click.option("--off", is_flag=True, help="Open with the plain table again.")
@click.pass_obj
def default(context: Context, name: str | None, off: bool) -> None:
    """Open the table of campaigns with that view from now on."""
    if off == (name is not None):
        raise click.UsageError("name a view, or give --off")
    with context.change() as unit:
        use.mark_default(unit, name, reader=context.actor, actor=context.actor, now=bootstrap.now())
    click.echo("the table opens plain" if name is None else f"the table opens with view {name}")


def _document(saved: SavedView) -> dict[str, object]:
    return {
        "view": saved.name,
        "owner": saved.owner,
        "is_shared": saved.is_shared,
        "is_default": saved.is_default,
        "updated_at": saved.updated_at,
        **saved.spec.model_dump(mode="json"),
    }
