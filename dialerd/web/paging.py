"""Lists in pages: a cursor says after what the next page begins, so that rows that come and go shift nothing.

Not here: the rows (each resource).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field

from dialerd.domain.errors import BadInputError
from dialerd.web.binding import to_moment

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K", str, int)

MOST = 1000
Key = tuple[str | int | datetime, ...]


class Asked(BaseModel):
    """The query of a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST, description="at most so many")] = 100
    cursor: Annotated[str | None, Field(max_length=400, description="`next` of the page before")] = None

    def after(self, *kinds: type) -> Key | None:
        """The key of the last row of the page before. Raises BadInputError for what no page has given out."""
        if self.cursor is None:
            return None
        try:
            given = json.loads(base64.urlsafe_b64decode(self.cursor.encode("ascii")))
            return tuple(_read(each, kind) for each, kind in zip(given, kinds, strict=True))
        except (ValueError, TypeError, binascii.Error):
            raise BadInputError("query.cursor: no page has given that out", hint="begin without a cursor") from None

    def after_id(self) -> int | None:
        """The same, of rows that stand in the order of their ids."""
        key = cast("tuple[int] | None", self.after(int))
        return None if key is None else key[0]

    def after_moment(self, kind: type[K]) -> tuple[datetime, K] | None:
        """The same, of rows that stand in the order of a moment."""
        return cast("tuple[datetime, K] | None", self.after(datetime, kind))


class Searched(Asked):
    """A list that is searched."""

    text: Annotated[str, Field(max_length=100, description="only what has this in its name")] = ""

    def finds(self, *words: str | None) -> bool:
        return not self.text or any(self.text.lower() in (each or "").lower() for each in words)


class Page(BaseModel, Generic[T]):
    """`next`: the cursor of the next page; null: this is the last one."""

    items: list[T]
    next: str | None


def cursor_of(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, default=datetime.isoformat).encode()).decode("ascii")


def _read(given: object, kind: type) -> str | int | datetime:
    """A part of a key. Raises ValueError, TypeError."""
    if kind is datetime and isinstance(given, str):
        return to_moment(datetime.fromisoformat(given))
    if type(given) is not kind or (isinstance(given, int) and abs(given) >= 2**63):
        raise ValueError("no such key")
    assert isinstance(given, str | int)
    return given


def page(rows: Sequence[R], asked: Asked, *, key: Callable[[R], Key], show: Callable[[R], T]) -> Page[T]:
    """One page of `rows`, one more of which than `limit` were looked for."""
    shown = rows[: asked.limit]
    has_more = len(rows) > len(shown)
    return Page(items=[show(row) for row in shown], next=cursor_of(key(shown[-1])) if has_more else None)


def page_of_all(rows: Sequence[R], asked: Asked, *, key: Callable[[R], Key], show: Callable[[R], T]) -> Page[T]:
    """One page of rows that are few and all there, in the order of their keys."""
    ordered = sorted(rows, key=key)
    after = asked.after(*(type(each) for each in key(ordered[0]))) if ordered else None
    left = ordered if after is None else [row for row in ordered if key(row) > after]
    return page(left, asked, key=key, show=show)
