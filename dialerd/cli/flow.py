"""`dialerd flow`: what people hear when no agent takes the call.

Not here: walking through one in the terminal (flowtry.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import tomli_w

from dialerd import bootstrap
from dialerd.cli import drafts
from dialerd.cli.context import Context, facts_table, simple_table, with_json
from dialerd.cli.deleting import delete_by_name, yes_option
from dialerd.domain.flow import Complaint, FlowSpec, examine
from dialerd.domain.flow.draw import told
from dialerd.domain.soundcheck import lacking
from dialerd.usecases import flows as use
from dialerd.usecases.drafts import FLOW


@click.group()
def flow() -> None:
    """Keep the flows that people who answer are led through."""


@flow.command()
def schema() -> None:
    """Print the JSON Schema of a flow's file, for an editor that checks while one types."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **FlowSpec.model_json_schema()}
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


@flow.command()
@drafts.one_file
@click.option("--asterisk", is_flag=True, help="Ask the Asterisks of the settings whether they have its sounds.")
@with_json
@click.pass_obj
def check(context: Context, file: Path, asterisk: bool) -> None:
    """Tell everything that is wrong with FILE.toml, each with its line; nothing is kept."""
    text = drafts.text_of(file)
    spec, found = examine(text)
    if spec is not None and asterisk:
        found = (*found, *_missing(context, spec, text))
    drafts.check(context, FLOW, file, spec, found)


def _missing(context: Context, spec: FlowSpec, text: str) -> Iterator[Complaint]:
    """The sounds that an Asterisk of the settings does not have, each where it is first named."""
    for name, known in bootstrap.sounds(context.settings).items():
        if isinstance(known, str):
            yield Complaint(1, f"Asterisk {name} could not be asked for its sounds: {known}")
            continue
        for sound in sorted(spec.sounds):
            line = next((n for n, each in enumerate(text.splitlines(), 1) if f'"{sound}"' in each), 1)
            if missing := lacking(known, dict.fromkeys(spec.languages, (sound,))):
                yield Complaint(line, f"Asterisk {name} has no sound {', '.join(missing)}")


@flow.command()
@click.argument("flow_or_file")
@drafts.as_mermaid
@with_json
@click.pass_obj
def draw(context: Context, flow_or_file: str, mermaid: bool) -> None:
    """Print the graph of FILE.toml, or of the flow of that name."""
    drafts.draw(context, FLOW, flow_or_file, mermaid=mermaid)


@flow.command("apply")
@drafts.one_file
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@with_json
@click.pass_obj
def apply_file(context: Context, file: Path, dry_run: bool) -> None:
    """Create the flow of FILE.toml, or bring it to what the file says. The same file twice changes nothing."""
    spec = drafts.read(FLOW, file)
    with context.unit() if dry_run else context.change() as unit:
        applied = use.apply_flow(unit, spec, actor=context.actor, now=bootstrap.now(), dry_run=dry_run)
    speaks = bool(context.settings.tts.command)
    warnings = use.equipment_warnings(
        spec, hosts=context.settings.web.hosts, speaks=speaks, routes=context.settings.routes
    )
    document = {
        "flow": applied.name,
        "version": applied.version,
        "is_new": applied.is_new,
        "dry_run": dry_run,
        "changes": {key: {"old": old, "new": new} for key, (old, new) in applied.changes.items()},
        "warnings": warnings,
    }
    told = [*_told(applied, dry_run=dry_run), *(f"warning: {each}" for each in warnings)]
    context.show(document, lambda: "\n".join(told))


def _told(applied: use.FlowApplied, *, dry_run: bool) -> Iterator[str]:
    verb = "would be" if dry_run else "is"
    if not applied.changes:
        yield f"flow {applied.name} is as the file says; nothing to change"
    elif applied.is_new:
        yield f"flow {applied.name} {verb} created"
    else:
        yield f"flow {applied.name} {verb} changed, as version {applied.version}: {', '.join(applied.changes)}"


@flow.command("list")
@with_json
@click.pass_obj
def list_flows(context: Context) -> None:
    """List the flows."""
    with context.unit() as unit:
        rows = use.list_flows(unit)
    context.show(
        [
            {
                "flow": row.spec.name,
                "version": row.version,
                "nodes": len(row.spec.node),
                "applied_at": row.applied_at,
                "description": row.spec.description,
            }
            for row in rows
        ],
        lambda: simple_table(
            ("flow", "version", "nodes", "applied", "description"),
            ((r.spec.name, r.version, len(r.spec.node), r.applied_at, r.spec.description) for r in rows),
        ),
    )


@flow.command()
@click.argument("name")
@click.option("--toml", "as_toml", is_flag=True, help="Print the flow as the file that makes it.")
@with_json
@click.pass_obj
def show(context: Context, name: str, as_toml: bool) -> None:
    """Show a flow's nodes."""
    with context.unit() as unit:
        row = use.get_flow(unit, name)
    table = row.spec.as_table()
    if as_toml:
        click.echo(tomli_w.dumps(table), nl=False)
        return
    nodes = {f"  {each}": told(node) for each, node in row.spec.node.items()}
    facts = {"flow": name, "version": row.version, "applied": row.applied_at, "start": row.spec.start, **nodes}
    context.show(table, lambda: facts_table(facts))


@flow.command()
@click.argument("name")
@yes_option
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a flow that no campaign names."""
    delete_by_name(
        context,
        f"flow {name}",
        yes=yes,
        look=lambda unit: use.get_flow(unit, name),
        delete=lambda unit, now: use.delete_flow(unit, name, actor=context.actor, now=now),
    )
