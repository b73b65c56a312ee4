"""`dialerd strategy`: the steps over calls, SMS and e-mail that a campaign's contacts go through.

Not here: running a campaign (run.py), flows within a call (flow.py).
"""

from __future__ import annotations

from pathlib import Path

import click
import tomli_w

from dialerd import bootstrap
from dialerd.cli import drafts
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.cli.deleting import delete_by_name, yes_option
from dialerd.domain.strategy import examine
from dialerd.usecases import strategies as use
from dialerd.usecases.drafts import STRATEGY


@click.group()
def strategy() -> None:
    """Keep strategies: steps over calls, SMS and e-mail with a rule per outcome."""


@strategy.command()
@drafts.one_file
@with_json
@click.pass_obj
def check(context: Context, file: Path) -> None:
    """Tell everything that is wrong with FILE.toml, each with its line; nothing is kept."""
    drafts.check(context, STRATEGY, file, *examine(drafts.text_of(file)))


@strategy.command("apply")
@drafts.one_file
@click.option("--dry-run", is_flag=True, help="Only say whether something would change.")
@click.pass_obj
def apply_file(context: Context, file: Path, dry_run: bool) -> None:
    """Create the strategy of FILE.toml, or bring it to what the file says."""
    given = drafts.read(STRATEGY, file)
    with context.unit() if dry_run else context.change() as unit:
        applied = use.apply_strategy(unit, given, actor=context.actor, now=bootstrap.now(), dry_run=dry_run)
    verb = "would be" if dry_run else "is"
    said = f"{verb} kept, with {len(given.step)} steps" if applied.is_changed else "is so already"
    click.echo(f"strategy {given.name} {said}")
    for each in use.route_warnings(given, context.settings.routes):
        click.echo(f"warning: {each}")


@strategy.command("list")
@with_json
@click.pass_obj
def list_strategies(context: Context) -> None:
    """List the strategies and the campaigns that go by them."""
    with context.unit() as unit:
        found = [(each, use.users_of(unit, each.name)) for each in unit.strategies.all()]
    context.show(
        [
            {
                "strategy": each.name,
                "description": each.description,
                "steps": [step.name for step in each.step],
                "campaigns": users,
            }
            for each, users in found
        ],
        lambda: simple_table(
            ("strategy", "steps", "campaigns"),
            ((each.name, [step.name for step in each.step], users) for each, users in found),
        ),
    )


@strategy.command()
@click.argument("name")
@with_json
@click.pass_obj
def show(context: Context, name: str) -> None:
    """Print a strategy as its file has it."""
    with context.unit() as unit:
        table = use.get_strategy(unit, name).as_table()
    context.show(table, lambda: tomli_w.dumps(table).rstrip())


@strategy.command()
@click.argument("strategy_or_file")
@drafts.as_mermaid
@with_json
@click.pass_obj
def draw(context: Context, strategy_or_file: str, mermaid: bool) -> None:
    """Print the graph of FILE.toml, or of the strategy of that name."""
    drafts.draw(context, STRATEGY, strategy_or_file, mermaid=mermaid)


@strategy.command()
@click.argument("name")
@yes_option
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a strategy; refused while a campaign names it."""
    delete_by_name(
        context,
        f"strategy {name}",
        yes=yes,
        look=lambda unit: use.get_strategy(unit, name),
        delete=lambda unit, now: use.delete_strategy(unit, name, actor=context.actor, now=now),
    )
