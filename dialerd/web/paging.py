"""Lists in pages: a cursor says after what the next page begins, so that rows that come and go shift nothing.

Not here: the rows (each resource).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from dialerd.domain.errors import BadInputError

T = TypeVar("T")
R = TypeVar("R")

MOST = 1000
Key = tuple[str | int, ...]


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
            key = json.loads(base64.urlsafe_b64decode(self.cursor.encode("ascii")))
        except (ValueError, binascii.Error):
            key = None
        if not isinstance(key, list) or [type(each) for each in key] != list(kinds):
            raise BadInputError("query.cursor: no page has given that out", hint="begin without a cursor")
        if any(isinstance(each, int) and abs(each) >= 2**63 for each in key):
            raise BadInputError("query.cursor: no page has given that out", hint="begin without a cursor")
        return tuple(key)


class Page(BaseModel, Generic[T]):
    """`next`: the cursor of the next page; null: this is the last one."""

    items: list[T]
    next: str | None


def cursor_of(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode("ascii")


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
