"""A route: method, path, models in and out, the right it asks for, and the use case that it is.

Own, and no aiohttp-pydantic: that writes OpenAPI 3.0 only, has errors of its own form, and binds a route to a class
with the request in it, where ours is a function over one transaction, run on the store's thread.
Not here: running one (counter.py), the routes (resources).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter

from dialerd.domain.user import Person, Right
from dialerd.ports import Unit
from dialerd.usecases.signin import Credential, SignedIn
from dialerd.web.house import House
from dialerd.web.uploads import Uploads

Q = TypeVar("Q")
B = TypeVar("B")

Open = Literal["open"]
OPEN: Open = "open"
"""In place of a right: whoever asks, signed in or not."""

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
_EDITS: Collection[Method] = ("PUT", "PATCH", "DELETE")
Path = Mapping[str, str]
Queues = Callable[[Unit, Path], Collection[str] | None]
"""The queues of what a path names; None: it concerns the whole house."""


class Model(BaseModel):
    """What goes over the wire: every key known, every value of its type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Query(BaseModel):
    """What stands after the question mark, where everything is text."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_YEARS = range(1971, 3000)


def to_moment(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise ValueError(f"its year is not within {_YEARS.start} to {_YEARS.stop - 1}")
    return value.astimezone()


Moment = Annotated[datetime, AfterValidator(to_moment)]
"""That somebody asks for: without an offset as this machine's clock shows it; at the ends of what a date can hold,
where no zone can be reckoned any more, it is a slip."""

BY_BODY: Collection[str] = ("by the body",)
"""The queues are those that the body names: `do` itself looks whether they are the person's."""


def of_house(_unit: Unit, _path: Path) -> None:
    return None


_DEFINED: dict[Callable[..., Any], Collection[str]] = {}
S = TypeVar("S", bound=Callable[..., Any])


def changes_by_itself(*fields: str) -> Callable[[S], S]:
    """Of what a route shows, those of its fields that nobody edits: a state, how late it is. The ETag is of the others
    alone, so that If-Match asks whether what is edited has been edited by somebody else."""

    def mark(shows: S) -> S:
        _DEFINED[shows] = fields
        return shows

    return mark


def live_fields(shows: Callable[..., Any]) -> Collection[str]:
    return _DEFINED.get(shows, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Generic[Q, B]):
    """One request, within one transaction."""

    unit: Unit
    person: Person
    path: Path
    query: Q
    body: B
    house: House
    now: datetime

    @property
    def actor(self) -> str:
        return self.person.actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request that needs more than a transaction: whoever asks is known and has the right. `signed_in` is None
    where the route is open; `equip` puts the headers on an answer that is begun piece by piece; `check_seen`, within
    the transaction that changes something, holds what is there against If-Match and raises ChangedError."""

    request: web.Request
    house: House
    query: Any
    credential: Credential | None
    signed_in: SignedIn | None
    equip: Callable[[web.StreamResponse], None]
    uploads: Uploads
    check_seen: Callable[[Unit], None]

    @property
    def person(self) -> Person:
        assert self.signed_in is not None, "asked only on routes with a right"
        return self.signed_in.person

    @property
    def path(self) -> Path:
        return self.request.match_info


@dataclass(frozen=True, kw_only=True)
class _Way:
    """`shows`: what reads that which is edited here, and is held against If-Match."""

    method: Method
    path: str
    do: Callable[..., Any]
    right: Right | Open
    on: Queues = of_house
    status: int = 200
    shows: Callable[[Ask[Any, Any]], Any] | None = None

    @cached_property
    def shown_as(self) -> TypeAdapter[Any]:
        assert self.shows is not None, "asked only where something is edited"
        return TypeAdapter(get_type_hints(self.shows)["return"])

    @property
    def name(self) -> str:
        """The operation's id: unique, and stable for clients that are generated."""
        return f"{self.do.__module__.rpartition('.')[2]}_{self.do.__name__.strip('_')}"

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def summary(self) -> str:
        return (self.do.__doc__ or self.do.__name__.replace("_", " ")).strip()


@dataclass(frozen=True, kw_only=True)
class Route(_Way):
    """A use case within one transaction. What goes in and out stands in the annotations of `do`.

    `idempotent`: it makes something, and takes an Idempotency-Key. `is_heavy`: it walks whole lists. `looks`: it
    changes nothing, though it is a POST. `body_is`: the model of a body that the use case reads by itself, as it reads
    a file; it may come as TOML. `is_table`: the answer is such a file's table, and may be asked for as TOML.
    """

    do: Callable[[Ask[Any, Any]], Any]
    idempotent: bool = False
    is_heavy: bool = False
    looks: bool = False
    body_is: type[BaseModel] | None = None
    is_table: bool = False

    @property
    def writes(self) -> bool:
        return super().writes and not self.looks

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.do)

    @cached_property
    def query(self) -> Any:
        """The model of the query, or None."""
        return _given(self._hints["ask"], 0)

    @cached_property
    def body(self) -> Any:
        return _given(self._hints["ask"], 1)

    @cached_property
    def reads(self) -> TypeAdapter[Any] | None:
        return None if self.body is None else TypeAdapter(self.body)

    @cached_property
    def answers(self) -> TypeAdapter[Any] | None:
        kind = self._hints["return"]
        return None if kind is type(None) else TypeAdapter(kind)


@dataclass(frozen=True, kw_only=True)
class Streamed(_Way):
    """What answers by itself, piece by piece or over several transactions. `media`: what it answers with; `is_form`:
    the body comes as an HTML form sends it."""

    do: Callable[[Visit], Awaitable[web.StreamResponse]]
    query: type[BaseModel] | None = None
    takes: Any = None  # the body's model, or its media type
    gives: Any = None  # the answer's model
    media: str = "application/json"
    is_form: bool = False
    is_own: bool = True  # asked with a cookie, it has to come from a page of ours
    others: Mapping[int, str] = field(default_factory=dict)


def check_routes(routes: Collection[_Way]) -> None:
    """Raises ValueError where a route asks for no right, two are the same, or one edits what another shows and is not
    held against If-Match: the API does not start with such."""
    reads = [each for each in routes if isinstance(each, Route) and each.method == "GET"]
    readers = {each.path: each.do for each in reads if each.query is None}  # the others are pages of lists
    seen: set[tuple[str, str]] = set()
    names: set[str] = set()
    for each in routes:
        if not isinstance(each.right, Right) and each.right != OPEN:
            raise ValueError(f"{each.method} {each.path} names no right")
        if (each.method, each.path) in seen or each.name in names:
            raise ValueError(f"{each.method} {each.path} ({each.name}) is there twice")
        if each.method in _EDITS and each.shows is not readers.get(each.path, each.shows):
            raise ValueError(f"{each.method} {each.path} edits what GET shows: it has to be held against If-Match")
        seen.add((each.method, each.path))
        names.add(each.name)


def _given(hint: Any, place: int) -> Any:
    """Of Ask[Q, B]; None where it takes none."""
    if get_origin(hint) is not Ask:
        raise TypeError("the first argument of a route's function is ask: Ask[Query, Body]")
    found = get_args(hint)[place]
    return None if found is type(None) else found
