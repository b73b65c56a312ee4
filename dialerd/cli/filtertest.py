"""How the test of a filter is shown, for the nouns that have one.

Not here: the commands (campaign.py, list.py).
"""

from __future__ import annotations

import dataclasses

from rich.console import Group

from dialerd.cli.context import Context, one_line, simple_table
from dialerd.usecases.filters import FilterTest


def show_filter_test(context: Context, found: FilterTest) -> None:
    """Counts, conditions, sample and warnings, as tables or as one document."""
    count = found.count
    document = {
        "filter": found.filter,
        "contacts": count.contacts,
        "kept": count.kept,
        "conditions": [dataclasses.asdict(each) for each in count.conditions],
        "sample": [
            {
                "contact_id": row.id,
                "list": row.list_name,
                "number": row.contact.numbers[0].e164,
                "attributes": dict(row.contact.attributes),
            }
            for row in found.sample
        ],
        "warnings": list(found.warnings),
    }
    context.show(document, lambda: _tables(found))


def _tables(found: FilterTest) -> Group:
    count = found.count
    conditions = [(each.condition, each.removes, each.only_it_removes) for each in count.conditions]
    sample = [(row.id, row.list_name, row.contact.numbers[0].e164, row.contact.attributes) for row in found.sample]
    return Group(
        f"{count.kept} of {count.contacts} contacts are kept",
        *(one_line(f"warning: {each}") for each in found.warnings),
        simple_table(("condition", "removes", "only it removes"), conditions),
        simple_table(("contact", "list", "number", "attributes"), sample),
    )
