"""`dialerd user`, `token` and `audit`: the first admin is made here, and whoever reads the log reads all of it."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cli.conftest import Said, Terminal

PASSWORD = "correct horse battery"


def _create(terminal: Terminal, name: str, *words: str, typed: str = PASSWORD) -> Said:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        return terminal.type("user", "create", name, *words)


def test_the_first_admin_is_made_with_a_password_from_standard_input(terminal: Terminal) -> None:
    said = _create(terminal, "root", "--role", "admin")
    assert (said.code, said.out) == (0, "user root is made, with role admin\n")
    (shown,) = terminal.ok("user", "list", "--json").document
    assert (shown["user"], shown["role"], shown["is_disabled"]) == ("root", "admin", False)
    assert "password" not in str(shown)


@pytest.mark.parametrize(
    ("name", "words", "typed", "complaint"),
    [
        ("root", ["--role", "admin"], "s3cr1t", "is shorter than 10 characters"),
        ("root", ["--role", "admin"], "aaaaaaaaaaaa", "is too easy to guess"),
        ("Root", ["--role", "admin"], PASSWORD, "is no name for a user"),
        ("ann", ["--role", "agent"], PASSWORD, "has no agent"),
        ("ann", ["--role", "agent", "--agent", "ann"], PASSWORD, "there is no agent ann"),
        ("sue", ["--role", "supervisor", "--queue", "sales"], PASSWORD, "there is no queue sales"),
        ("root", ["--role", "admin", "--queue", "sales"], PASSWORD, "cannot be held to queues"),
    ],
)
def test_a_user_that_cannot_be_is_refused(
    terminal: Terminal, name: str, words: list[str], typed: str, complaint: str
) -> None:
    said = _create(terminal, name, *words, typed=typed)
    assert said.code == 1
    assert complaint in said.err
    assert typed not in said.err
    assert terminal.ok("user", "list", "--json").document == []


def test_there_is_always_an_admin(terminal: Terminal) -> None:
    _create(terminal, "root", "--role", "admin")
    for words in (["disable", "root"], ["delete", "root", "--yes"], ["change", "root", "--role", "supervisor"]):
        said = terminal.type("user", *words)
        assert said.code == 1, words
        assert "is the only admin" in said.err
    _create(terminal, "other", "--role", "admin")
    terminal.ok("user", "delete", "root", "--yes")


def test_a_token_is_printed_once(terminal: Terminal) -> None:
    _create(terminal, "root", "--role", "admin")
    token = terminal.ok("token", "create", "crm", "--user", "root").out.strip()
    assert len(token) == 43
    listed = terminal.ok("token", "list", "--json")
    assert token not in listed.out
    assert [each["name"] for each in listed.document] == ["crm"]
    terminal.ok("token", "revoke", "crm")
    assert terminal.type("token", "revoke", "crm").code == 1


def test_the_audit_log_is_read_and_exported_without_formulas(ready: Terminal) -> None:
    _create(ready, "root", "--role", "admin")
    ready.ok("contact", "add", "customers", "+12122660009", "-a", "note==1+1")
    rows = ready.ok("audit", "list", "--json").document
    assert [each["action"] for each in rows] == [
        "contact_added",
        "user_created",
        "campaign_applied",
        "list_imported",
        "list_created",
    ]
    assert all(each["actor"].startswith("cli") for each in rows)
    out = ready.home / "audit.csv"
    ready.ok("audit", "export", "--action", "user_created", "--out", str(out))
    (row,) = csv.DictReader(io.StringIO(out.read_text()))
    assert (row["action"], row["subject"]) == ("user_created", "root")
