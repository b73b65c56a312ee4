"""Opt-outs: who does not want to be reached any more, on any channel, and how that was said.

Not here: do-not-call lists as such (dnc.py), an agent's own call (me.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from dialerd.domain.optout import MAX_WORDS, How, OptOut
from dialerd.domain.user import Person, Right
from dialerd.ports import Unit
from dialerd.usecases import dnc
from dialerd.usecases import optout as use
from dialerd.web.binding import BY_BODY, Ask, Model, Path, Query, Route


class NewOptOut(Model):
    """`who`: a number, an e-mail address, or the attempt in which it was heard."""

    who: Annotated[str, Field(min_length=1, max_length=200)]
    how: Annotated[How, Field(strict=False)] = How.API
    list: Annotated[str, Field(max_length=64)] = dnc.GLOBAL
    words: Annotated[str, Field(max_length=MAX_WORDS)] = ""


class AddressAsked(Query):
    address: Annotated[str, Field(max_length=200)]


def add_opt_out(ask: Ask[None, NewOptOut]) -> use.OptedOut:
    """Never reach the person again: the number or address, and the others of the contacts who have it."""
    given = ask.body
    done = use.opt_out(
        ask.unit,
        given.who,
        how=given.how,
        list_name=given.list,
        words=given.words,
        region=ask.house.region,
        actor=ask.actor,
        now=ask.now,
    )
    return replace(done, record=_told(done.record, ask.person))


def list_opt_outs(ask: Ask[AddressAsked, None]) -> list[OptOut]:
    """When and how a number or an address was opted out, and taken back again; the latest first."""
    found = use.opt_outs_of(ask.unit, ask.query.address, region=ask.house.region)
    return [
        _told(each, ask.person, asked=dnc.read_address(ask.query.address, region=ask.house.region)) for each in found
    ]


def _told(record: OptOut, person: Person, asked: str | None = None) -> OptOut:
    """Whoever is held to queues is not told what other addresses somebody has, nor what they said: do-not-call lists
    are everybody's to look at, people are not."""
    if person.queues is None:
        return record
    return replace(record, address=asked or record.address, addresses=[asked or record.address], words="")


def of_everybody(_unit: Unit, _path: Path) -> Collection[str]:
    """Whoever hears it has to be able to keep it, of whichever queue the person is."""
    return BY_BODY


ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/api/optouts", do=list_opt_outs, right=Right.SEE),
    Route(
        method="POST",
        path="/api/optouts",
        do=add_opt_out,
        right=Right.STEER,
        on=of_everybody,
        status=201,
        idempotent=True,
    ),
)
