"""What a person can ask of a filter: does it keep whom I mean, and what does each of its conditions remove.

Not here: the language (domain/filters), obeying it (a run takes in only what it keeps).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError
from dialerd.domain.filters import Filter, Record, fields_of, first_failing, read_filter
from dialerd.domain.ordering import attribute_of
from dialerd.ports import ContactRow, FilterCount, Unit
from dialerd.usecases.lists import get_list
from dialerd.usecases.standing import get_campaign

SAMPLE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterTest:
    """What a filter does to lists today: counts, a sample of whom it keeps, and what its author should know."""

    filter: str
    count: FilterCount
    sample: Sequence[ContactRow]
    warnings: Sequence[str]


def try_filter_of_campaign(unit: Unit, name: str, text: str | None, now: datetime) -> FilterTest:
    """Hold the campaign's filter, or `text` in its place, against the campaign's lists; nothing is kept."""
    spec = get_campaign(unit, name).spec
    if text is None and spec.filter is None:
        raise BadInputError(f"campaign {name} has no filter", hint="give one to try with --filter")
    return _try(unit, spec.lists, (spec.filter or "") if text is None else text, spec.today(now))


def try_filter_of_list(unit: Unit, name: str, text: str, today: date) -> FilterTest:
    """Hold a filter against one list; nothing is kept."""
    return _try(unit, (get_list(unit, name).name,), text, today)


def _try(unit: Unit, lists: Sequence[str], text: str, today: date) -> FilterTest:
    keeps = read_filter(text)
    return FilterTest(
        filter=text,
        count=unit.contacts.count(lists, keeps, today=today),
        sample=unit.contacts.kept(lists, keeps, today=today, limit=SAMPLE),
        warnings=_lacking(unit, lists, keeps),
    )


def lacking_fields(unit: Unit, spec: CampaignSpec) -> list[str]:
    """Warnings for attributes that filter or order ask for and a list's contacts do not seem to have.

    Lists used together should have matching fields; a misspelt name keeps nobody, or everybody.
    """
    by = attribute_of(spec.order)
    return [
        *([] if spec.keeps is None else _lacking(unit, spec.lists, spec.keeps)),
        *([] if by is None else lacking(unit, spec.lists, [by], "order")),
    ]


def _lacking(unit: Unit, lists: Sequence[str], keeps: Filter) -> list[str]:
    return lacking(unit, lists, sorted(field.name for field in fields_of(keeps) if not field.is_own), "filter")


def lacking(unit: Unit, lists: Sequence[str], names: Sequence[str], key: str) -> list[str]:
    """A sentence for each name that no contact of one of the lists seems to have. `key`: what uses it."""
    return [
        f"{key}: no contact of list {each} seems to have a field {name}"
        for name in names
        for each in lists
        if not unit.contacts.has_attribute(each, name)
    ]


def left_out_by(spec: CampaignSpec, row: ContactRow, now: datetime) -> str | None:
    """The condition of the campaign's filter that leaves a contact out, as text; None: the filter keeps it."""
    if spec.keeps is None:
        return None
    contact = row.contact
    record = Record(
        number=contact.numbers[0].e164,
        list=row.list_name,
        priority=contact.priority,
        zone=contact.zone,
        attributes=contact.attributes,
    )
    failing = first_failing(spec.keeps, record, today=spec.today(now))
    return None if failing is None else str(failing)
