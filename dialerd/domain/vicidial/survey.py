"""All of a dump that is small, gathered in one reading before the leads are taken in: it stands before and behind them.

Not here: the leads, which are never held. Of the do-not-call numbers the digits alone are (barred.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dialerd.domain.vicidial.barred import Barred
from dialerd.domain.vicidial.fields import Values, is_set, number, text
from dialerd.domain.vicidial.leads import CallbackRow, LeadTrouble, read_callback
from dialerd.domain.vicidial.statuses import Statuses

_OF_STATUSES = frozenset(
    {"vicidial_statuses", "vicidial_campaign_statuses", "vicidial_campaigns", "vicidial_lead_recycle"}
)
BARRING = ("vicidial_dnc", "vicidial_campaign_dnc")
SURVEYED = (*sorted(_OF_STATUSES), "vicidial_lists", "vicidial_call_times", "vicidial_callbacks", *BARRING)
"""The tables that a survey is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDefinition:
    """A list. `campaign` "": it belongs to none; `expires`: from the day after on its leads are not dialed."""

    list_id: int
    name: str
    campaign: str
    is_active: bool
    expires: date | None

    def is_dialed(self, today: date) -> bool:
        """Whether its campaign dials it on that day."""
        return self.is_active and (self.expires is None or today <= self.expires)


@dataclass(slots=True)
class Survey:
    """What a dump has beside leads. `zone` is the server's; the callbacks are those still to be made, by lead."""

    zone: str
    max_notes: int
    statuses: Statuses = field(default_factory=Statuses)
    lists: dict[int, ListDefinition] = field(default_factory=dict)
    campaigns: dict[str, Values] = field(default_factory=dict)
    call_times: dict[str, Values] = field(default_factory=dict)
    callbacks: dict[int, CallbackRow] = field(default_factory=dict)
    barred: Barred = field(default_factory=Barred)

    def take(self, table: str, values: Values, line: int) -> LeadTrouble | None:
        """One row; what is wrong with it."""
        if table in _OF_STATUSES:
            self.statuses.take(table, values)
        if table == "vicidial_campaigns":
            self.campaigns[text(values, "campaign_id").upper()] = values
        elif table == "vicidial_call_times":
            self.call_times[text(values, "call_time_id").lower()] = values
        elif table == "vicidial_lists":
            self.lists[number(values, "list_id")] = _list(values)
        elif table in BARRING:
            self.barred.take(barring_campaign(values), text(values, "phone_number"))
        elif table == "vicidial_callbacks":
            return self._callback(values, line)
        return None

    def _callback(self, values: Values, line: int) -> LeadTrouble | None:
        found = read_callback(values, zone=self.zone, max_notes=self.max_notes, line=line)
        if isinstance(found, LeadTrouble) or found is None:
            return found
        known = self.callbacks.get(found.lead_id)
        if known is None or found.callback_id > known.callback_id:  # the last promise is the one that holds
            self.callbacks[found.lead_id] = found
        return None

    def campaign_of(self, list_id: int) -> str:
        """The campaign of a list; empty: the dump does not say."""
        known = self.lists.get(list_id)
        return known.campaign if known else ""

    def lists_of(self, campaign: str) -> Sequence[ListDefinition]:
        return [each for _, each in sorted(self.lists.items()) if each.campaign == campaign]


def barring_campaign(values: Values) -> str:
    """Whose do-not-call entry it is; empty: everybody's."""
    return text(values, "campaign_id").upper()


def _list(values: Values) -> ListDefinition:
    try:
        expires = date.fromisoformat(text(values, "expiration_date")[:10])
    except ValueError:
        expires = None
    return ListDefinition(
        list_id=number(values, "list_id"),
        name=text(values, "list_name"),
        campaign=text(values, "campaign_id").upper(),
        is_active=is_set(values, "active") if values.get("active") else True,
        expires=expires,
    )
