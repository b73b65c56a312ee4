"""The command line as a whole: the nouns, the options of all of them, and the one edge at which errors are told.

Not here: what a verb does (one file per noun).
"""

from __future__ import annotations

import gc
import os
import pwd
import sys
from collections.abc import Sequence

import click

from dialerd.cli.nouns import Nouns
from dialerd.domain.errors import DialerdError

DEBUG = "--debug"

_YOUNG = 20_000
"""New objects between two searches for cycles: at Python's 700 they take some percent of all time."""


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
    """dialerd runs calling campaigns through Asterisk.

    First steps: dialerd help install, dialerd help first-campaign. What is wrong: dialerd doctor. Of each command:
    dialerd COMMAND --help.
    """
    from dialerd.cli.context import Context  # takes as long as a command does: not for --help and --version

    click_context.obj = Context(config_file=config_file, as_json=as_json)


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 refused or failed, 2 usage or settings."""
    given = list(sys.argv[1:] if words is None else words)
    gc.set_threshold(_YOUNG)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's: others would spin beside matrices this small
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
        click.echo(f"dialerd: {_one_line(str(error))}", err=True)
        sys.exit(error.exit_code)
    except PermissionError as error:
        if DEBUG in given:
            raise
        said, hint = f"{error.filename or 'a file'}: {error.strerror}", "who needs other rights, or another folder"
        click.echo(f"dialerd: {_one_line(said)} (this runs as the user {_own_name()}, {hint})", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)  # the reader of a pipe has gone
    except Exception as error:
        if DEBUG in given:
            raise
        said = _one_line(f"{type(error).__name__}: {error}")
        click.echo(f"dialerd: this is a defect: {said} (repeat it as dialerd {DEBUG} ... and report that)", err=True)
        sys.exit(1)


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container's, say
        return str(os.geteuid())


def _one_line(text: str) -> str:
    from dialerd.cli.context import one_line  # loaded by then, but where the settings are not reached

    return one_line(text)
