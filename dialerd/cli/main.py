"""The command line as a whole: the nouns, the options of all of them, and the one edge at which errors are told.

Not here: what a verb does (one file per noun).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from dialerd.cli import export as _export_verb  # noqa: F401  # adds a verb to the noun campaign
from dialerd.cli import flowtry as _try_verb  # noqa: F401  # adds a verb to the noun flow
from dialerd.cli import preview as _preview_verbs  # noqa: F401  # adds its verbs to the noun agent
from dialerd.cli import run as _run_verbs  # noqa: F401  # adds its verbs to the noun campaign
from dialerd.cli import schedule as _schedule_verb  # noqa: F401  # adds a verb to the noun campaign
from dialerd.cli import steer as _steer_verbs  # noqa: F401  # adds its verbs to the noun agent
from dialerd.cli.agent import agent
from dialerd.cli.audit import audit
from dialerd.cli.backup import backup_command, restore_command
from dialerd.cli.callback import callback
from dialerd.cli.campaign import campaign
from dialerd.cli.config import config
from dialerd.cli.contact import contact
from dialerd.cli.context import Context, one_line
from dialerd.cli.disposition import disposition
from dialerd.cli.dnc import dnc
from dialerd.cli.doctor import doctor
from dialerd.cli.floor import floor
from dialerd.cli.flow import flow
from dialerd.cli.list import list_group
from dialerd.cli.moving import import_group
from dialerd.cli.optout import optout
from dialerd.cli.queue import queue
from dialerd.cli.recording import recording
from dialerd.cli.regulation import regulation
from dialerd.cli.report import report
from dialerd.cli.strategy import strategy
from dialerd.cli.token import token
from dialerd.cli.trunk import trunk
from dialerd.cli.user import user
from dialerd.cli.view import view
from dialerd.domain.errors import DialerdError

DEBUG = "--debug"


_LOADED_LATE = {"daemon": "dialerd.cli.daemon", "simulate": "dialerd.cli.simulate"}
"""Nouns that need the engine, which takes longer to load than all that most commands do."""


class Nouns(click.Group):
    """The nouns, some of which are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_LOADED_LATE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _LOADED_LATE:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(_LOADED_LATE[cmd_name]), cmd_name)
        return found


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    help="Use this settings file (else DIALERD_CONFIG, ./dialerd.toml, /etc/dialerd/dialerd.toml).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
@click.option(DEBUG, is_flag=True, expose_value=False, help="Print the whole trace of an unexpected error.")
@click.version_option(package_name="dialerd")
@click.pass_context
def cli(click_context: click.Context, config_file: str | None, as_json: bool) -> None:
    """dialerd runs calling campaigns through Asterisk."""
    click_context.obj = Context(config_file=config_file, as_json=as_json)


for command in (
    config,
    doctor,
    list_group,
    contact,
    import_group,
    dnc,
    optout,
    campaign,
    flow,
    queue,
    agent,
    recording,
    trunk,
    disposition,
    strategy,
    callback,
    regulation,
    floor,
    view,
    report,
    user,
    token,
    audit,
    backup_command,
    restore_command,
):
    cli.add_command(command)


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 refused or failed, 2 usage or settings."""
    given = list(sys.argv[1:] if words is None else words)
    try:
        code = cli.main(given, prog_name="dialerd", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2 if isinstance(error, click.UsageError) else 1)
    except click.Abort:
        click.echo("cancelled", err=True)
        sys.exit(1)
    except DialerdError as error:
        click.echo(f"dialerd: {one_line(str(error))}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)  # the reader of a pipe has gone
    except Exception as error:
        if DEBUG in given:
            raise
        said = one_line(f"{type(error).__name__}: {error}")
        click.echo(f"dialerd: this is a defect: {said} (repeat it as dialerd {DEBUG} ... and report that)", err=True)
        sys.exit(1)
