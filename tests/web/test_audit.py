"""The audit log tells of every change who made it, and what was before and after.

Not here: that it can only be added to (test_signin.py), what each use case tells (tests/usecases).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.web.site import NOW, Site

MOBILE = {"columns": {"number": "Mobile"}}
LATER = tuple((NOW + timedelta(hours=each)).isoformat() for each in (2, 1))


@pytest.mark.parametrize(
    ("method", "path", "body", "action", "changes"),
    [
        ("PUT", "views/mine", {"spec": {"modes": ["preview"]}}, "view_saved", {"modes": (None, ["preview"])}),
        ("PUT", "maps/crm", MOBILE, "mapping_kept", {"columns": ({"number": "Tel"}, {"number": "Mobile"})}),
        ("POST", "campaigns/spring/pause", None, "run_pause", {"state": ("active", "paused")}),
        ("POST", "campaigns/spring/pace", {"max_calls": 7}, "run_paced", {"max_calls": (1, 7)}),
        ("PATCH", "callbacks/1", {"in_min": 60}, "callback_moved", {"due_at": LATER}),
        ("PATCH", "agents/ann", {"kind": "blended"}, "agent_changed", {"kind": ("outbound", "blended")}),
    ],
)
def test_a_change_tells_what_was_before_and_after(
    site: Site, method: str, path: str, body: Any, action: str, changes: dict[str, Any]
) -> None:
    told = _told(site, method, path, body, action)["changes"]
    assert {key: (each["before"], each["after"]) for key, each in told.items()} == changes


@pytest.mark.parametrize(
    ("path", "action", "before"),
    [
        ("lists/bare", "list_deleted", {"region": "US", "created_at": NOW.isoformat()}),
        ("maps/crm", "mapping_removed", {"columns": {"number": "Tel"}, "delimiter": None, "region": None}),
        ("queues/idle", "queue_deleted", {"name": "idle"}),
    ],
)
def test_a_deletion_tells_what_there_was(site: Site, path: str, action: str, before: dict[str, Any]) -> None:
    assert before.items() <= _told(site, "DELETE", path, None, action)["before"].items()


def test_whose_table_opens_with_what_is_told(site: Site) -> None:
    assert _told(site, "POST", "views/mine/default", {"on": True}, "view_default") == {"before": None, "after": "mine"}
    told = _told(site, "DELETE", "views/mine", None, "view_deleted")["before"]
    assert (told["name"], told["shared"]) == ("mine", False)


def _told(site: Site, method: str, path: str, body: Any, action: str) -> Any:
    """The detail of what that request of sue's has left in the log."""
    sue = site.browser("sue")
    for made, document in (
        ("views/mine", {"spec": {}}),
        ("maps/crm", {"columns": {"number": "Tel"}}),
        ("queues/idle", {}),
    ):
        assert sue.ask("PUT", f"/api/{made}", document).status == 200
    sue.post("/api/lists", {"list": "bare"})
    sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]})
    sue.post("/api/campaigns/spring/run")
    assert sue.ask(method, f"/api/{path}", body).status < 300
    row = site.browser("root").get(f"/api/audit?action={action}&limit=1").document["items"][0]
    assert row["actor"] == "user:sue"
    return row["detail"]
