"""Saved views of the table of campaigns: each person's own, and those that others share.

Not here: the table (campaigns.py), what a view shows (domain/view.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dialerd.domain.user import Right
from dialerd.domain.view import read_view
from dialerd.ports import SavedView
from dialerd.usecases import views as use
from dialerd.web.binding import Ask, Model, Route, Streamed
from dialerd.web.paging import Asked, Page, page_of_all


class ViewShown(Model):
    """`is_default`: the table of whoever asks opens with it."""

    view: str
    owner: str
    shared: bool
    is_default: bool
    spec: dict[str, Any]
    updated_at: datetime


class ViewWish(Model):
    """`new_name`: what it is called from now on."""

    spec: dict[str, Any]
    shared: bool = False
    new_name: str | None = None


class ViewName(Model):
    new_name: str


class IsDefault(Model):
    on: bool


def list_views(ask: Ask[Asked, None]) -> Page[ViewShown]:
    """Your views and those that others share."""
    found = use.listed(ask.unit, ask.person.user)
    return page_of_all(found, ask.query, key=lambda each: (each.name, each.owner), show=_shown)


def save_view(ask: Ask[None, ViewWish]) -> ViewShown:
    """Make a view, or change your view of that name."""
    wish = ask.body
    return _shown(
        use.save(
            ask.unit,
            ask.path["name"],
            read_view(wish.spec, source="body.spec"),
            owner=ask.person.user,
            is_shared=wish.shared,
            new_name=wish.new_name,
            actor=ask.actor,
            now=ask.now,
        )
    )


def duplicate_view(ask: Ask[None, ViewName]) -> ViewShown:
    """Copy a view that you see as one of your own."""
    owner = ask.person.user
    return _shown(
        use.duplicate(ask.unit, ask.path["name"], ask.body.new_name, owner=owner, actor=ask.actor, now=ask.now)
    )


def mark_default(ask: Ask[None, IsDefault]) -> ViewShown:
    """Have your table open with that view from now on, or with the plain one again."""
    name, reader = ask.path["name"], ask.person.user
    use.mark_default(ask.unit, name if ask.body.on else None, reader=reader, actor=ask.actor, now=ask.now)
    return _shown(use.get(ask.unit, name, reader=reader))


def delete_view(ask: Ask[None, None]) -> None:
    """Delete one of your views."""
    use.delete(ask.unit, ask.path["name"], owner=ask.person.user, actor=ask.actor, now=ask.now)


def _shown(view: SavedView) -> ViewShown:
    return ViewShown(
        view=view.name,
        owner=view.owner,
        shared=view.is_shared,
        is_default=view.is_default,
        spec=view.spec.model_dump(mode="json"),
        updated_at=view.updated_at,
    )


_ONE = "/api/views/{name}"

ROUTES: tuple[Route | Streamed, ...] = (
    # A view is its owner's: whoever sees the table may keep some.
    Route(method="GET", path="/api/views", do=list_views, right=Right.SEE),
    Route(method="PUT", path=_ONE, do=save_view, right=Right.SEE),
    Route(method="POST", path=_ONE + "/duplicate", do=duplicate_view, right=Right.SEE, status=201, idempotent=True),
    Route(method="POST", path=_ONE + "/default", do=mark_default, right=Right.SEE),
    Route(method="DELETE", path=_ONE, do=delete_view, right=Right.SEE, status=204),
)
