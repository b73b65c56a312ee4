"""People who are called, as the law sees them: what is held about one, erasing one; what goes by its age.

Not here: contacts as campaigns see them (contacts.py), who wants no calls (optouts.py).
"""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from dialerd.domain.user import Right
from dialerd.usecases import persons as use
from dialerd.web.binding import Ask, Model, Route, Streamed, Visit
from dialerd.web.resources.session import read_model


class Who(Model):
    """`who`: a number, an e-mail address, or `contact:ID`. In the body: addresses have no place in a URL, which logs
    keep."""

    who: Annotated[str, Field(min_length=1, max_length=200)]


class Erasing(Who):
    """`do_not_call`: put every address on the global do-not-call list, too; `dry_run`: only count."""

    do_not_call: bool = False
    dry_run: bool = False


class HeldShown(Model):
    """`rows` by what they are, each as the database has it."""

    contacts: list[int]
    addresses: list[str]
    rows: dict[str, list[dict[str, Any]]]


async def export_person(visit: Visit) -> web.StreamResponse:
    """Everything that is held about a person. That somebody has asked is kept in the audit log."""
    wish, house = await read_model(visit, Who), visit.house
    held = await house.store.read(lambda unit: use.held_about(unit, wish.who, region=house.region))
    actor, now = visit.person.actor, house.clock.now()
    await house.store.write(lambda unit: use.note_export(unit, held, actor=actor, now=now))
    rows = {title: [dict(row) for row in found] for title, found in held.rows.items()}
    shown = HeldShown(contacts=list(held.contacts), addresses=list(held.addresses), rows=rows)
    return web.Response(text=shown.model_dump_json(), content_type="application/json")


def erase_person(ask: Ask[None, Erasing]) -> use.Erased:
    """Erase a person everywhere but from do-not-call lists; the audit log and recordings follow within moments."""
    return use.erase_person(
        ask.unit,
        ask.body.who,
        do_not_call=ask.body.do_not_call,
        region=ask.house.region,
        actor=ask.actor,
        now=ask.now,
        dry_run=ask.body.dry_run,
    )


ROUTES: tuple[Route | Streamed, ...] = (
    Streamed(
        method="POST", path="/api/persons/export", do=export_person, right=Right.ADMINISTER, takes=Who, gives=HeldShown
    ),
    Route(method="POST", path="/api/persons/erase", do=erase_person, right=Right.ADMINISTER, is_heavy=True),
)
