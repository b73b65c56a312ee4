"""Regulation packs from disk: dialerd's own, an admin's, and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialerd.adapters.files import read_pack_file, read_rulebook
from dialerd.domain.errors import BadInputError, NotFoundError

OWN = """
title = "Ours"
version = "1"
checked_on = 2026-01-01
applies = {}
[[rule]]
id = "OURS-1"
kind = "frequency"
text = "once a day"
source = "our board"
status = "V"
max = 1
window_h = 24
"""


def test_every_pack_that_comes_with_dialerd_is_whole_and_names_its_sources() -> None:
    packs = read_rulebook(None).packs
    assert len(packs) >= 9
    for pack in packs.values():
        assert pack.rules or pack.includes
        assert all(rule.source and rule.text for rule in pack.rules)


def test_a_pack_of_the_admins_own_folder_is_known_and_takes_the_place_of_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(OWN)
    (tmp_path / "us-fl.toml").write_text(OWN)
    book = read_rulebook(tmp_path)
    assert book.packs["ours"].rules[0].id == "OURS-1"
    assert book.packs["us-fl"].title == "Ours"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("title = ", "is not TOML"),
        ("title = 'x'", "version: Field required"),
        (OWN.replace("max = 1", "max = 0"), "max"),
    ],
)
def test_a_broken_pack_is_refused_with_its_file(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(text)
    for read in (lambda: read_pack_file(path), lambda: read_rulebook(tmp_path)):
        with pytest.raises(BadInputError, match=r"ours\.toml") as raised:
            read()
        assert complaint in raised.value.message


def test_a_folder_or_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        read_rulebook(tmp_path / "nowhere")
    with pytest.raises(BadInputError, match="cannot be read"):
        read_pack_file(tmp_path / "nowhere.toml")


def test_a_pack_that_includes_one_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('includes = ["gone"]\n' + OWN)
    with pytest.raises(NotFoundError, match="no regulation pack gone"):
        read_rulebook(tmp_path)
