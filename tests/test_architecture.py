"""The house's own rules, held by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
SOURCES = sorted((REPO / "dialerd").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPO)))
def test_a_file_owns_one_thing_and_says_which(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert text.startswith('"""'), "its first line says what it owns"
    if path.name != "__init__.py":
        assert "Not here: " in text, "and the next what it does not"


def test_no_name_explains_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert [path for path in SOURCES if path.stem in vague] == []


def test_nothing_names_this_machine() -> None:
    places = re.compile(r"\.\./shared|/root/|/work/")
    files = [*SOURCES, *REPO.glob("scripts/*"), *REPO.glob("*.md"), *(REPO / "asterisk-conf").iterdir()]
    assert [path for path in files if path.is_file() and places.search(path.read_text())] == []


def test_every_command_has_a_help_text_and_stands_in_the_contract() -> None:
    import click

    from dialerd.cli.main import cli

    def walk(command: click.Command, name: str) -> list[str]:
        assert command.help, f"{name} has no help"
        if isinstance(command, click.Group):
            context = click.Context(command)
            found = {sub: command.get_command(context, sub) for sub in command.list_commands(context)}
            assert all(found.values()), name
            return [each for sub, child in found.items() if child for each in walk(child, f"{name} {sub}".strip())]
        return [name]

    verbs = set(walk(cli, ""))
    assert {
        "daemon run",
        "config check",
        "doctor",
        "list create",
        "list import",
        "list show",
        "list delete",
        "contact add",
        "contact show",
        "contact find",
        "contact explain",
        "dnc add",
        "dnc import",
        "dnc remove",
        "dnc check",
        "dnc lists",
        "campaign apply",
        "campaign list",
        "campaign show",
        "campaign clone",
        "campaign delete",
        "campaign run",
        "campaign pause",
        "campaign resume",
        "campaign stop",
        "campaign rerun",
        "campaign status",
        "campaign dispositions",
        "campaign export",
        "campaign pace",
        "trunk list",
        "backup",
        "restore",
    } <= verbs
