"""`dialerd contact`: single contacts, and why one is not called.

Not here: files of contacts (list.py).
"""

from __future__ import annotations

import dataclasses

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, facts_table, simple_table, with_json
from dialerd.domain.errors import BadInputError
from dialerd.ports import ContactRow
from dialerd.usecases import agentpage, contacts
from dialerd.usecases import explain as explaining
from dialerd.usecases import timeline as timelines


@click.group()
def contact() -> None:
    """Add and look up single contacts, and ask why one is not called.

    CONTACT_ID is dialerd's own number for a contact: dialerd contact find NUMBER tells it.
    """


@contact.command()
@click.argument("list_name", metavar="LIST")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option(
    "--attribute",
    "-a",
    "attributes",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set an attribute; may be given several times.",
)
@click.option("--zone", help="Use this time zone in place of those of the number.")
@click.option(
    "--priority",
    type=int,
    default=0,
    show_default=True,
    help='Dial contacts with more of it earlier, where the campaign has order = "priority".',
)
@click.pass_obj
def add(
    context: Context,
    list_name: str,
    numbers: tuple[str, ...],
    attributes: tuple[str, ...],
    zone: str | None,
    priority: int,
) -> None:
    """Add one contact to a list, with one or more numbers."""
    pairs = {}
    for text in attributes:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadInputError(f"attribute {text[:40]!r} has no value", hint="write --attribute name=value")
        pairs[name] = value
    with context.change() as unit:
        row = contacts.add_contact(
            unit,
            list_name,
            numbers,
            attributes=pairs,
            zone=zone,
            priority=priority,
            actor=context.actor,
            now=bootstrap.now(),
        )
    click.echo(f"contact {row.id} is added to list {list_name}")


@contact.command()
@click.argument("contact_id", metavar="CONTACT_ID", type=int)
@with_json
@click.pass_obj
def show(context: Context, contact_id: int) -> None:
    """Show one contact."""
    with context.unit() as unit:
        row = contacts.get_contact(unit, contact_id)
    context.show(contact_document(row), lambda: facts_table(contact_document(row)))


@contact.command()
@click.argument("number")
@with_json
@click.pass_obj
def find(context: Context, number: str) -> None:
    """Find contacts by number."""
    with context.unit() as unit:
        rows = contacts.find_contacts(unit, number, region=context.settings.phone.default_region)
    context.show(
        [contact_document(row) for row in rows],
        lambda: simple_table(
            ("contact", "list", "numbers"), ((r.id, r.list_name, [n.e164 for n in r.contact.numbers]) for r in rows)
        ),
    )


@contact.command()
@click.argument("contact_id", metavar="CONTACT_ID", type=int)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Show so many at most.")
@with_json
@click.pass_obj
def replies(context: Context, contact_id: int, limit: int) -> None:
    """Show what a contact has written back, the latest first, and what came of it."""
    with context.unit() as unit:
        rows = unit.messages.replies(contacts.get_contact(unit, contact_id).id, limit=limit)
    context.show(
        [dataclasses.asdict(row) for row in rows],
        lambda: simple_table(
            ("at", "route", "sender", "text", "came of it"), ((r.at, r.route, r.sender, r.text, r.did) for r in rows)
        ),
    )


@contact.command()
@click.argument("campaign")
@click.argument("contact_id", metavar="CONTACT_ID", type=int)
@with_json
@click.pass_obj
def explain(context: Context, campaign: str, contact_id: int) -> None:
    """Say why a contact is not being called in a campaign: every closed gate, the one that holds it first."""
    is_daemon_running = bootstrap.poke(context.settings)
    with context.unit() as unit:
        found = explaining.explain(
            unit,
            campaign,
            contact_id,
            trunks=context.settings.trunks,
            rulebook=bootstrap.rulebook(context.settings),
            is_daemon_running=is_daemon_running,
            now=bootstrap.now(),
        )
    context.show(
        dataclasses.asdict(found),
        lambda: (
            simple_table(
                ("gate", "why", "until"),
                ((gate.name, gate.reason, "for good" if gate.is_final else gate.until) for gate in found.closed),
            )
            if found.closed
            else "nothing holds this contact: it is dialed as pace and trunk allow"
        ),
    )


@contact.command()
@click.argument("campaign")
@click.argument("contact_id", metavar="CONTACT_ID", type=int)
@click.option("--run", type=int, metavar="N", help="In the run with this number (default: the last).")
@with_json
@click.pass_obj
def timeline(context: Context, campaign: str, contact_id: int, run: int | None) -> None:
    """Tell moment by moment what became of a contact in a campaign, and what is next."""
    with context.unit() as unit:
        found = timelines.timeline(unit, campaign, contact_id, run=run, now=bootstrap.now())
    context.show(
        dataclasses.asdict(found),
        lambda: simple_table(
            ("at", "what", "", "attempt"), ((m.at, m.what, m.text, m.attempt_id) for m in found.moments)
        ),
    )


@contact.command()
@click.argument("contact_id", metavar="CONTACT_ID", type=int)
@click.argument("text")
@click.pass_obj
def note(context: Context, contact_id: int, text: str) -> None:
    """Write something down about a contact, for whoever talks to it next."""
    with context.change() as unit:
        agentpage.add_note(unit, contact_id, text, actor=context.actor, now=bootstrap.now())
    click.echo(f"it is noted for contact {contact_id}")


@contact.command()
@click.argument("contact_id", metavar="CONTACT_ID", type=int)
@with_json
@click.pass_obj
def notes(context: Context, contact_id: int) -> None:
    """Show what was written down about a contact, the latest first."""
    with context.unit() as unit:
        found = agentpage.notes(unit, contact_id)
    context.show(
        [dataclasses.asdict(each) for each in found],
        lambda: simple_table(("at", "by", "note"), ((each.at, each.actor, each.text) for each in found)),
    )


def contact_document(row: ContactRow) -> dict[str, object]:
    """A contact as every read of the command line shows it."""
    return {
        "contact_id": row.id,
        "list": row.list_name,
        "numbers": [number.e164 for number in row.contact.numbers],
        "zone": row.contact.zone,
        "zones": list(row.contact.numbers[0].zones),
        "priority": row.contact.priority,
        "attributes": dict(row.contact.attributes),
    }
