"""`dialerd person`, `dialerd retention`: what is told, asked before, written where, refused."""

from __future__ import annotations

import json
import stat

from tests.cli.conftest import SETTINGS, Terminal


def test_a_person_is_told_all_and_then_erased(ready: Terminal) -> None:
    ready.ok("contact", "find", "2122660001")
    held = ready.ok("person", "export", "212 266 0001", "--json").document
    assert held["rows"]["contacts"][0]["number"] == "+12122660001" and held["addresses"] == ["+12122660001"]
    out = ready.home / "ann.json"
    assert "contacts" in ready.ok("person", "export", "2122660001", "--out", str(out)).out
    assert json.loads(out.read_text())["contacts"] == held["contacts"] and stat.S_IMODE(out.stat().st_mode) == 0o600
    again = ready.type("person", "export", "2122660001", "--out", str(out))
    assert again.code == 1 and "cannot be written" in again.err
    dry = ready.ok("person", "erase", "2122660001", "--dry-run", "--json").document
    assert dry["rows"]["contacts"] == 1 and dry["dry_run"]
    done = ready.ok("person", "erase", "2122660001", "--yes", "--do-not-call", "--json").document
    assert (done["contacts"], done["on_dnc"]) == (1, 1)
    assert ready.ok("contact", "find", "2122660001", "--json").document == []
    assert len(ready.ok("dnc", "check", "2122660001", "--json").document) == 1
    assert ready.ok("list", "show", "customers", "--json").document["contacts"] == 1
    log = ready.ok("audit", "list", "--json").out
    assert "person_erased" in log and "person_exported" in log and "2122660001" not in log
    gone = ready.type("person", "erase", "2125550177", "--yes")
    assert gone.code == 1 and "nothing is held" in gone.err


def test_a_contact_may_be_meant_by_its_id(ready: Terminal) -> None:
    (contact,) = ready.ok("contact", "find", "2122660002", "--json").document
    who = f"contact:{contact['contact_id']}"
    assert ready.ok("person", "erase", who, "--yes", "--json").document["contacts"] == 1
    assert ready.type("person", "export", who).code == 1


def test_how_long_things_are_kept_is_told(terminal: Terminal) -> None:
    told = {each["kind"]: each for each in terminal.ok("retention", "--json").document}
    assert all(each["days"] is None and each["rows"] == 0 for each in told.values()) and "calls" in told
    terminal.ok("list", "create", "people")
    terminal.write("dialerd.toml", SETTINGS + "\n[retention]\naudit = 30\nrecordings = 90\n")
    told = {each["kind"]: each for each in terminal.ok("retention", "--json").document}
    assert (told["audit"]["days"], told["audit"]["rows"], told["recordings"]["days"]) == (30, 0, 90)
    assert "for ever" in terminal.ok("retention").out
    terminal.write("dialerd.toml", SETTINGS + "\n[retention]\naudit = 0\n")
    assert terminal.type("retention").code == 2
