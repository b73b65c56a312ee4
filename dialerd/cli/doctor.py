"""`dialerd doctor`: what is missing before dialing, and what to do.

Not here: the checks (dialerd/doctor).
"""

from __future__ import annotations

import dataclasses
import sys

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.doctor.checks import diagnose
from dialerd.doctor.conf import diagnose_conf

_WORDS = {True: "ok", False: "WRONG", None: "look"}


@click.command()
@click.option("--asterisk-conf", is_flag=True, help="Check what of asterisk-conf/ each running Asterisk has instead.")
@with_json
@click.pass_obj
def doctor(context: Context, asterisk_conf: bool) -> None:
    """Check settings, database, each Asterisk, each trunk and each campaign; exit code 1 if anything is wrong."""
    path, settings = context.found
    if asterisk_conf:
        findings = diagnose_conf(*bootstrap.examine_conf(settings))
    else:
        findings = diagnose(bootstrap.examine(path, settings))
    context.show(
        [dataclasses.asdict(finding) for finding in findings],
        lambda: simple_table(
            ("", "check", "seen", "what to do"),
            ((_WORDS[each.is_well], each.check, each.seen, each.remedy) for each in findings),
        ),
    )
    if any(finding.is_well is False for finding in findings):
        sys.exit(1)
