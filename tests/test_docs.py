"""The documents are true: what README.md shows is accepted, and nothing that exists goes unmentioned."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.disposition import MEANINGS
from dialerd.domain.flow import examine
from dialerd.settings import Settings, read_settings

REPO = Path(__file__).parents[1]
README = (REPO / "README.md").read_text()
BLOCKS = [
    "\n".join(line.removeprefix("   ") for line in block.splitlines())
    for block in re.findall(r"```toml\n(.*?)```", README, re.S)
]


def test_the_settings_of_the_readme_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.toml"
    path.write_text(BLOCKS[0])
    settings = read_settings(path)
    assert settings.trunks["carrier"].dial_string("+12125550100") == "PJSIP/+12125550100@carrier"


def test_the_campaign_of_the_readme_can_be_used() -> None:
    first = read_campaign(tomllib.loads(BLOCKS[1]), source="README.md")
    assert first.contact_hours.timezone == "contact"
    (example,) = (block for block in BLOCKS if block.startswith('name = "renewals"'))
    assert read_campaign(tomllib.loads(example), source="README.md").lacks == ()


def test_the_flows_of_the_readme_have_nothing_wrong() -> None:
    flows = [block for block in BLOCKS if "[node." in block]
    assert len(flows) == 3
    for text in flows:
        assert examine(text)[1] == ()


def test_every_key_of_a_campaign_is_explained() -> None:
    table = README[README.index("## The campaign file") : README.index("## Dispositions")]
    missing = [key for key in CampaignSpec.model_fields if f"`{key}`" not in table and f"[{key}]" not in table]
    assert missing == []


def test_every_section_of_the_settings_is_explained() -> None:
    assert [key for key in Settings.model_fields if f"[{key}]" not in README] == []


def test_every_disposition_that_this_version_can_give_is_explained() -> None:
    later = {"fax", "abandoned", "agent_hangup", "no_agent"}
    told = README[README.index("## Dispositions") : README.index("## How it works")]
    assert [name for name in MEANINGS if name not in later and f"`{name}`" not in told] == []


def test_every_command_that_the_documents_show_exists() -> None:
    import click

    from dialerd.cli.main import cli

    shown = re.findall(r"^ *dialerd ([a-z]+)(?: ([a-z]+))?", README, re.M)
    assert len(shown) >= 5
    for noun, verb in shown:
        command = cli.get_command(click.Context(cli), noun)
        assert command is not None, noun
        if isinstance(command, click.Group):
            assert verb in command.commands, f"{noun} {verb}"


def test_every_command_stands_in_its_nouns_row_of_the_table_and_no_other() -> None:
    import click

    from dialerd.cli.main import cli

    table = README[README.index("## Commands") : README.index("## The campaign file")]
    told: dict[str, set[str]] = {}
    for nouns, verbs in re.findall(r"^\| (`.*?) \| (.*?) \|", table, re.M):
        for noun in re.findall(r"`(\S+)`", nouns):
            told[noun] = set(re.findall(r"`([^`]+)`", verbs))
    there: dict[str, set[str]] = {}
    context = click.Context(cli)
    for noun in cli.list_commands(context):
        command = cli.get_command(context, noun)
        there[noun] = set(_verbs(command)) if isinstance(command, click.Group) else set()
    told["retention"] = set()  # shares its row with a noun that has verbs
    assert told == there


def _verbs(group: Any) -> Iterator[str]:
    for name, command in group.commands.items():
        yield from (f"{name} {verb}" for verb in _verbs(command)) if hasattr(command, "commands") else (name,)


def test_every_key_of_the_settings_is_explained() -> None:
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`\n]+`|```.*?```", README, re.S))))
    assert sorted(set(_keys(Settings)) - told) == []


def _keys(model: type[BaseModel]) -> Iterator[str]:
    """The names of a section's keys and of those of all sections within it."""
    for name, each in model.model_fields.items():
        yield name
        within = [each.annotation]
        while within:
            kind = within.pop()
            within += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _keys(kind)


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for path in (REPO / "README.md", REPO / "CONTRIBUTING.md", REPO / "asterisk-conf/README.md"):
        text = path.read_text()
        heads = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
        anchors = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
        for link in re.findall(r"\]\(([^)]+)\)", text):
            file, _, anchor = link.partition("#")
            assert (path.parent / file).exists(), link
            assert file or anchor in anchors, link


def test_every_test_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", README))
    assert len(named) > 10
    there = {
        name
        for path in (REPO / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.M)
    }
    assert named - there == set()
