"""The lab on the command line: scripts/lab up|down|status|cli|restart|record|config.

Not here: any of the work (lab.py).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time

from tests.lab import audio, rootfs
from tests.lab.lab import Lab
from tests.lab.rootfs import LabError, say


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/lab", description="A private pair of real Asterisks on loopback.")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--name", default="lab", help="which lab (several can run at once)")
    shared.add_argument("--ports", default="auto", help="first of its 20 ports, or auto")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, text in (
        ("root", "make the root file system and the greetings, if they are missing"),
        ("up", "start both Asterisks"),
        ("down", "stop both and free their ports"),
        ("status", "say what runs; exit code 0 if both are up"),
        ("record", "print the carrier's record, a JSON object per INVITE"),
    ):
        verbs.add_parser(verb, help=text, parents=[shared])
    cli = verbs.add_parser("cli", help="ask one Asterisk: cli pbx 'core show channels'", parents=[shared])
    cli.add_argument("instance", choices=("pbx", "carrier"))
    cli.add_argument("command", nargs="+")
    restart = verbs.add_parser("restart", help="stop and start one Asterisk", parents=[shared])
    restart.add_argument("instance", choices=("pbx", "carrier"))
    restart.add_argument("--hard", action="store_true", help="kill -9 instead of a proper stop")
    config = verbs.add_parser("config", help="print a dialerd.toml for this lab", parents=[shared])
    config.add_argument("--database", default="dialerd.db")
    given = parser.parse_args(arguments)
    lab = Lab(given.name, ports=None if given.ports == "auto" else int(given.ports))
    try:
        return _do(given, lab)
    except LabError as error:
        say(str(error))
        return 1


def _do(given: argparse.Namespace, lab: Lab) -> int:
    started = time.monotonic()
    match given.verb:
        case "root":
            audio.ensure(rootfs.ensure())
        case "up":
            lab.up()
            say(f"lab {lab.name} is up after {time.monotonic() - started:.1f} s: ARI at {lab.ari_url}")
        case "down":
            lab.down()
        case "status":
            return _status(lab)
        case "record":
            for call in lab.record():
                print(json.dumps(dataclasses.asdict(call), default=str))
        case "cli":
            instance = lab.pbx if given.instance == "pbx" else lab.carrier
            sys.stdout.write(instance.cli(" ".join(given.command)))
        case "restart":
            instance = lab.pbx if given.instance == "pbx" else lab.carrier
            instance.down(hard=given.hard)
            instance.up()
        case "config":
            print(lab.dialerd_config(given.database))
    return 0


def _status(lab: Lab) -> int:
    if not lab.is_up:
        print(f"lab {lab.name} is not up")
        return 1
    for instance in (lab.pbx, lab.carrier):
        version = instance.cli("core show version").split(" built")[0].strip()
        print(f"{instance.kind}: process {instance.pid}, {version}")
    print(f"ARI at {lab.ari_url}, SIP pbx {lab.port('sip_pbx')}, carrier {lab.port('sip_carrier')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
