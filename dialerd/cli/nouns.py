"""The nouns of the command line: where each is, and what it is for; a noun is loaded when it is used, and no other.

Not here: their verbs (one file per noun), the options of all of them (main.py). A list of the nouns is printed from
this table: loading them all would take longer than most commands do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import click
from click.shell_completion import CompletionItem

_LONGEST = 45  # characters of a noun's help in a completion, as click has it


@dataclass(frozen=True, slots=True)
class Noun:
    """In which module of this package it is, under which name there; `more`: modules that add verbs to it."""

    module: str
    name: str
    help: str
    more: tuple[str, ...] = ()

    def load(self) -> click.Command:
        found: click.Command = getattr(import_module(f"dialerd.cli.{self.module}"), self.name)
        for module in self.more:
            import_module(f"dialerd.cli.{module}")
        return found

    def short(self, limit: int) -> str:
        """Its help in so many characters, as click cuts it."""
        return click.Command(self.name, help=self.help).get_short_help_str(limit)


NOUNS: Mapping[str, Noun] = {
    "agent": Noun(
        "agent",
        "agent",
        "Keep agents, and log them in and out.",
        more=("floor", "optout", "preview", "recording", "steer"),
    ),
    "amd": Noun(
        "amd",
        "amd",
        "Tell how often machine detection is wrong, and find better parameters for it.",
        more=("amdcheck", "amdtune"),
    ),
    "audit": Noun("audit", "audit", "Tell who changed what. The log can only be added to."),
    "backup": Noun("backup", "backup_command", "Copy the database to the file TARGET; the daemon may go on."),
    "callback": Noun("callback", "callback", "Promise contacts a call for a time, and look after those calls."),
    "campaign": Noun(
        "campaign", "campaign", "Define campaigns, run them and see how they stand.", more=("export", "run", "schedule")
    ),
    "config": Noun("config", "config", "Check the settings file."),
    "contact": Noun("contact", "contact", "Add and look up single contacts, and ask why one is not called."),
    "daemon": Noun("daemon", "daemon", "Run the process that dials, and see which of them share campaigns."),
    "disposition": Noun("disposition", "disposition", "Keep sets of outcomes of your own, beside the system's."),
    "dnc": Noun(
        "dnc", "dnc", "Keep the do-not-call lists. An entry is obeyed from the next call on, in every campaign."
    ),
    "doctor": Noun(
        "doctor",
        "doctor",
        "Check settings, database, machine, each Asterisk, trunk and campaign; exit code 1 if anything is wrong.",
    ),
    "floor": Noun("floor", "floor", "Show the agents, the calls that are up, and who waits for whom."),
    "flow": Noun("flow", "flow", "Keep the flows that people who answer are led through.", more=("flowtry",)),
    "help": Noun(
        "help",
        "help_command",
        "Show a chapter of the manual, or how a command is used; without either, list the chapters.",
    ),
    "import": Noun(
        "moving",
        "import_group",
        "Move in from another dialer. Contacts from a CSV file come with dialerd list import.",
    ),
    "list": Noun("list", "list_group", "Make contact lists and fill them from files."),
    "metrics": Noun(
        "metrics", "metrics", "Explain the metrics at /metrics, and print a dashboard and alert rules for them."
    ),
    "optout": Noun(
        "optout",
        "optout",
        "Take people off every channel: their numbers and e-mail addresses go on a do-not-call list, with the record.",
    ),
    "person": Noun("person", "person", "Tell a person what is held about them, or erase them everywhere."),
    "queue": Noun("queue", "queue", "Keep the queues whose agents take the answered calls."),
    "recording": Noun("recording", "recording", "Tell which calls were recorded, and where."),
    "regulation": Noun(
        "regulation",
        "regulation",
        "See the regulation packs, which campaigns name to be held to. They are no legal advice.",
    ),
    "report": Noun(
        "report", "report", "Report what calls came to: by campaign, list, agent, hour, disposition, trunk."
    ),
    "restore": Noun(
        "backup", "restore_command", "Put the backup SOURCE in the database's place; the daemon must be stopped."
    ),
    "retention": Noun(
        "person",
        "retention",
        "Show for how long things are kept ([retention] of the settings), and how much of each would go now.",
    ),
    "server": Noun("server", "server", "See how the Asterisk servers stand, and take one out of service."),
    "simulate": Noun(
        "simulate",
        "simulate",
        "Forecast CAMPAIGN with the real engine on a clock of its own; nobody is called and nothing is changed.",
    ),
    "strategy": Noun(
        "strategy", "strategy", "Keep strategies: steps over calls, SMS and e-mail with a rule per outcome."
    ),
    "token": Noun("token", "token", "Keep the tokens of programs that use the API."),
    "trunk": Noun("trunk", "trunk", "Show the ways out, as the settings have them and as they are used now."),
    "user": Noun(
        "user", "user", "Keep the users of the pages and the API. A password is asked for, or read from standard input."
    ),
    "view": Noun("view", "view", "Save views of the table of campaigns, yours and shared ones."),
}


class Nouns(click.Group):
    """The command line's group: its nouns are those of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *NOUNS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in NOUNS:
            return NOUNS[cmd_name].load()
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        limit = formatter.width - 6 - max(map(len, NOUNS))
        with formatter.section("Commands"):
            formatter.write_dl([(name, NOUNS[name].short(limit)) for name in sorted(NOUNS)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        nouns = [
            CompletionItem(name, help=NOUNS[name].short(_LONGEST))
            for name in sorted(NOUNS)
            if name.startswith(incomplete)
        ]
        return [*nouns, *click.Command.shell_complete(self, ctx, incomplete)]
