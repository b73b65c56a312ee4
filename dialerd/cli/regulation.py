"""`dialerd regulation`: the packs of rules that campaigns can name.

Not here: the packs (data/regulations), obeying them.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.domain.regulation import Pack
from dialerd.usecases import regulation as use


@click.group()
def regulation() -> None:
    """See the regulation packs, which campaigns name to be held to. They are no legal advice."""


@regulation.command("list")
@with_json
@click.pass_obj
def list_packs(context: Context) -> None:
    """List the packs that a campaign can name."""
    packs = sorted(bootstrap.rulebook(context.settings).packs.values(), key=lambda pack: pack.name)
    context.show(
        [
            {
                "pack": pack.name,
                "title": pack.title,
                "version": pack.version,
                "checked_on": pack.checked_on,
                "includes": list(pack.includes),
                "rules": [rule.id for rule in pack.rules],
            }
            for pack in packs
        ],
        lambda: simple_table(
            ("pack", "version", "checked", "rules", "title"),
            ((pack.name, pack.version, pack.checked_on, len(pack.rules), pack.title) for pack in packs),
        ),
    )


@regulation.command()
@click.argument("name")
@with_json
@click.pass_obj
def show(context: Context, name: str) -> None:
    """Show one pack's rules with their sources."""
    (pack, *_) = bootstrap.rulebook(context.settings).of((name,))
    _show(context, pack)


@regulation.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_json
@click.pass_obj
def check(context: Context, file: Path) -> None:
    """Check the file of a pack of your own."""
    _show(context, bootstrap.pack_file(file))


@regulation.command()
@click.argument("campaign")
@with_json
@click.pass_obj
def meters(context: Context, campaign: str) -> None:
    """Show how many of a campaign's answered calls were abandoned, by each rule that counts them."""
    book = bootstrap.rulebook(context.settings)
    with context.unit() as unit:
        found = use.meters(unit, campaign, book, bootstrap.now())
    context.show(
        [{**dataclasses.asdict(each), "rate": each.rate} for each in found],
        lambda: simple_table(
            ("rule", "abandoned", "live answers", "taken for machines", "rate", "cap", "since"),
            (
                (m.rule, m.abandoned, m.live_answers, m.false_positives, f"{m.rate:.2%}", f"{m.cap:.2%}", m.since)
                for m in found
            ),
        ),
    )


def _show(context: Context, pack: Pack) -> None:
    context.show(
        pack.model_dump(mode="json", by_alias=False),
        lambda: simple_table(
            ("rule", "kind", "status", "what it asks", "source"),
            ((rule.id, rule.kind, rule.status, rule.text, rule.source) for rule in pack.rules),
        ),
    )
