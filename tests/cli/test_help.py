"""`dialerd help`: each chapter of the README by name, each command's own help, and no settings needed for either."""

from __future__ import annotations

import pytest

from dialerd.cli.help import MANUAL, read_manual
from tests.cli.conftest import Terminal
from tests.test_docs import README


def test_the_manual_that_is_installed_is_the_readme() -> None:
    assert MANUAL.read_text("utf-8") == README


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("install", "systemd/install"),
        ("trunk-setup", "[[trunk]]"),
        ("first-campaign", "dialerd campaign run reminder"),
        ("first-agents", "dialerd agent login ann"),
        ("going", "systemctl reload dialerd"),
        ("backup", "dialerd restore FILE"),
        ("upgrade", "git pull"),
        ("troubleshooting", "| what you see |"),
        ("who-attacks", "what stops them"),
        ("the-settings-file", "`[engine]`"),
        ("metrics", "`dialerd_build`"),
    ],
)
def test_a_chapter_is_shown_by_its_name_or_the_first_letters_of_it(terminal: Terminal, topic: str, said: str) -> None:
    (terminal.home / "dialerd.toml").unlink(missing_ok=True)
    assert said in terminal.ok("help", topic).out


def test_a_command_is_explained_as_by_its_own_option_and_chapters_of_its_name_are_told(terminal: Terminal) -> None:
    assert terminal.ok("help", "agent", "add").out.startswith("Usage: dialerd agent add [OPTIONS] NAME")
    said = terminal.ok("help", "metrics").out
    assert said.startswith("Usage: dialerd metrics") and "## Metrics" in said
    assert "dialerd help agents-and-queues" in terminal.ok("help", "agent").out


def test_without_a_word_the_chapters_are_listed_and_an_unknown_one_is_a_mistake(terminal: Terminal) -> None:
    listed = terminal.ok("help").out
    assert all(f"\n{each.name} " in listed for each in read_manual(README))
    said = terminal.type("help", "no-such-thing")
    assert (said.code, said.out) == (2, "")
    assert "no-such-thing: dialerd help lists the chapters" in said.err


def test_a_chapter_has_its_parts_and_a_comment_in_an_example_is_no_heading() -> None:
    text = "# t\n## One thing\na\n```sh\n## no heading\n```\n### Part\nb\n## Two\nc"
    assert [(each.name, each.text) for each in read_manual(text)] == [
        ("one-thing", "## One thing\na\n```sh\n## no heading\n```\n### Part\nb"),
        ("part", "### Part\nb"),
        ("two", "## Two\nc"),
    ]
