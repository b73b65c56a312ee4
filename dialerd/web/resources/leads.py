"""One contact as other dialers' `add_lead` takes it, for the forms and programs that already send that.

Not here: the API's own way (contacts.py). The words are those of VICIdial's non-agent API, the answer is its one line;
the list's name stands in `list_id`, the token in the header or in `pass`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from dialerd.domain.errors import ForbiddenError, RefusedError
from dialerd.domain.user import Denied, Person, Right, may
from dialerd.ports import ContactRow, Unit
from dialerd.usecases import contacts, dnc, signin
from dialerd.usecases.signin import Credential, SignedIn, digest_of
from dialerd.web.binding import OPEN, Route, Streamed, Visit
from dialerd.web.counter import read_bytes

_FIELDS = (
    *("vendor_lead_code", "source_id", "title", "first_name", "middle_initial", "last_name"),
    *("address1", "address2", "address3", "city", "state", "province", "postal_code", "country_code"),
    *("gender", "date_of_birth", "alt_phone", "email", "security_phrase", "comments", "rank", "owner"),
)
_MOST = 16_384
_LONGEST = 200


class Lead(BaseModel):
    """`list_id`: the list's name; `dnc_check` Y: not where the number is on a do-not-call list; `pass`: the token where
    it is in no header. Of the other fields, those that are known are attributes of the contact."""

    model_config = ConfigDict(extra="allow")

    phone_number: str
    list_id: str
    token: Annotated[str, Field(alias="pass")] = ""
    dnc_check: str = "N"
    first_name: str = ""
    last_name: str = ""


async def add_lead(visit: Visit) -> web.StreamResponse:
    """Add a contact: phone_number, list_id, and any of first_name, last_name, ..., dnc_check=Y."""
    given, store, now = await _fields(visit), visit.house.store, visit.house.clock.now()
    try:
        # Nobody without a right takes the writer's time.
        token = _token(visit, given.get("pass", ""))
        found = await store.read(lambda unit: _who(unit, token, now))
        row = await store.write(lambda unit: _add(unit, visit, found.person, given, now))
    except RefusedError as error:
        said = "".join(each if each.isprintable() else " " for each in error.message)
        return web.Response(text=f"ERROR: add_lead {said}\n", status=200)
    if token is not None and found.is_stale:
        store.post(lambda unit: signin.touch(unit, token, now))
    visit.house.poke()
    number = row.contact.numbers[0].e164
    return web.Response(text=f"SUCCESS: add_lead LEAD HAS BEEN ADDED - {number}|{row.list_name}|{row.id}\n")


async def _fields(visit: Visit) -> Mapping[str, str]:
    text = (await read_bytes(visit.request, most=_MOST)).decode("utf-8", "replace")
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=200)
    return dict(pairs)


def _token(visit: Visit, secret: str) -> Credential | None:
    """A cookie is not enough: a page elsewhere could send such a form."""
    if visit.credential is not None and visit.credential.is_token:
        return visit.credential
    return Credential(digest_of(secret), is_token=True) if 0 < len(secret) <= _LONGEST else None


def _who(unit: Unit, token: Credential | None, now: datetime) -> SignedIn:
    found = signin.identify(unit, token, now)
    judged = may(found.person, Right.DEFINE)
    if isinstance(judged, Denied):
        raise ForbiddenError(judged.reason)
    return found


def _add(unit: Unit, visit: Visit, person: Person, given: Mapping[str, str], now: datetime) -> ContactRow:
    number = given.get("phone_number", "")
    if given.get("dnc_check", "N").upper() == "Y" and dnc.check_dnc(unit, number, region=visit.house.region, now=now):
        raise RefusedError("PHONE NUMBER IN DNC")
    return contacts.add_contact(
        unit,
        given.get("list_id", ""),
        [number],
        attributes={key: given[key] for key in _FIELDS if given.get(key)},
        zone=None,
        priority=0,
        actor=person.actor,
        now=now,
    )


ROUTES: tuple[Route | Streamed, ...] = (
    Streamed(
        method="POST",
        path="/api/add_lead",
        do=add_lead,
        right=OPEN,
        takes=Lead,
        is_form=True,
        media="text/plain",
        is_own=False,
    ),
)
