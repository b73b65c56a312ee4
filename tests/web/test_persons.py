"""People over HTTP: told and erased by admins alone, never by an address in a URL."""

from __future__ import annotations

from dialerd.web.resources import persons
from tests.web.site import Site


def test_an_admin_exports_and_erases_a_person_and_nobody_else_does(site: Site) -> None:
    root, sue = site.browser("root"), site.browser("sue")
    sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"], "attributes": {"first_name": "Ann"}})
    who = {"who": "212 266 0001"}
    for path in ("/api/persons/export", "/api/persons/erase"):
        assert sue.post(path, who).status == 403
    held = root.post("/api/persons/export", who).document
    assert held["addresses"] == ["+12122660001"] and "Ann" in held["rows"]["contacts"][0]["attributes"]
    assert root.post("/api/persons/erase", {**who, "dry_run": True}).document["rows"]["contacts"] == 1
    done = root.post("/api/persons/erase", {**who, "do_not_call": True}).document
    assert (done["contacts"], done["on_dnc"], done["dry_run"]) == (1, 1, False)
    assert root.post("/api/persons/export", {"who": "+12125550177"}).code == "not_found"
    assert root.post("/api/persons/erase", {"who": "nonsense"}).code == "bad_input"
    assert all("{" not in route.path for route in persons.ROUTES)
