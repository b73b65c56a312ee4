"""`dialerd doctor`: what is missing before dialing, and what to do.

Not here: the checks (dialerd/doctor).
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import click

from dialerd import bootstrap, machinehouse
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.doctor.checks import Finding, diagnose
from dialerd.doctor.conf import diagnose_conf
from dialerd.doctor.conffiles import NOT_SEEN, diagnose_files, unread
from dialerd.doctor.daemons import diagnose_daemons
from dialerd.doctor.machine import diagnose_machine
from dialerd.domain.errors import BadInputError
from dialerd.settings import Settings

_WORDS = {True: "ok", False: "WRONG", None: "look"}


_ETC = Path("/etc/asterisk")


@click.command()
@click.option(
    "--asterisk-conf",
    is_flag=True,
    help="Check each Asterisk's own configuration instead: what it lacks of asterisk-conf/.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help=f"Where the files of the (first) Asterisk are; else {_ETC}, if it is there.",
)
@with_json
@click.pass_obj
def doctor(context: Context, asterisk_conf: bool, folder: Path | None) -> None:
    """Check settings, database, machine, each Asterisk, trunk and campaign; exit code 1 if anything is wrong.

    ok: nothing to do. WRONG: calls cannot be made, or not safely, until it is mended. look: it cannot be seen from
    here, or may be as you want it. The last column says what to do.
    """
    path, settings = context.found
    if folder is not None and not asterisk_conf:
        raise click.UsageError("--folder goes with --asterisk-conf")
    if asterisk_conf:
        findings = [*diagnose_conf(*bootstrap.examine_conf(settings)), *_of_files(settings, folder)]
    else:
        machine = diagnose_machine(machinehouse.examine(path, settings))
        facts = bootstrap.examine(path, settings)
        daemons = [] if facts.database_trouble else context.read(lambda unit: unit.daemons.all())
        findings = [*diagnose(facts), *diagnose_daemons(daemons), *machine]
    context.show(
        [dataclasses.asdict(finding) for finding in findings],
        lambda: simple_table(
            ("", "check", "seen", "what to do"),
            ((_WORDS[each.is_well], each.check, each.seen, each.remedy) for each in findings),
        ),
    )
    if any(finding.is_well is False for finding in findings):
        sys.exit(1)


def _of_files(settings: Settings, folder: Path | None) -> list[Finding]:
    if folder is None and not _ETC.is_dir():
        return [NOT_SEEN]
    try:
        return diagnose_files(bootstrap.conf_folder(settings, folder or _ETC))
    except BadInputError as error:
        if folder is not None:
            raise
        return [unread(error.message, sys.argv[0])]
