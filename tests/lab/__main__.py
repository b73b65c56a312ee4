"""The lab on the command line: scripts/lab root|up|down|status|cli|restart|record|config|smoke.

Not here: any of the work (lab.py).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import signal
import sys
import time

from tests.lab import audio, rootfs, smoke, smokeagents
from tests.lab.lab import PBXS, Lab
from tests.lab.rootfs import LabError, say


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/lab", description="A private pair of real Asterisks on loopback.")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--name", default="lab", help="which lab (several can run at once)")
    shared.add_argument(
        "--ports",
        type=lambda text: None if text == "auto" else int(text),
        metavar="BASE",
        help="first of its 20 ports; not given or auto: 15060, or the next free place. `up` remembers it",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, text in (
        ("root", "make the root file system and the greetings, if they are missing"),
        ("up", "start both Asterisks"),
        ("down", "stop both and free their ports"),
        ("status", "say what runs; exit code 0 if both are up"),
        ("smoke", "call every ending of the number plan and every agent, and check what happens (up to 35 s)"),
        ("record", "print the carrier's record, a JSON object per INVITE"),
    ):
        verbs.add_parser(verb, help=text, parents=[shared])
    verbs.choices["up"].add_argument(
        "--servers", type=int, choices=range(1, len(PBXS) + 1), default=1, help="how many pbxs: pbx, pbx2, pbx3"
    )
    cli = verbs.add_parser("cli", help="ask one Asterisk: cli pbx 'core show channels'", parents=[shared])
    cli.add_argument("instance", choices=(*PBXS, "carrier"))
    cli.add_argument("command", nargs="+")
    restart = verbs.add_parser("restart", help="stop and start one Asterisk", parents=[shared])
    restart.add_argument("instance", choices=(*PBXS, "carrier"))
    restart.add_argument("--hard", action="store_true", help="kill -9 instead of a proper stop")
    config = verbs.add_parser("config", help="print a dialerd.toml for this lab", parents=[shared])
    config.add_argument("--database", default="dialerd.db")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `record | head` is no error
    try:
        return _do(given, Lab(given.name, ports=given.ports))
    except LabError as error:
        say(str(error))
        return 1


def _do(given: argparse.Namespace, lab: Lab) -> int:
    started = time.monotonic()
    match given.verb:
        case "root":
            audio.ensure(rootfs.ensure())
        case "up":
            lab.up(servers=given.servers)
            say(f"lab {lab.name} is up after {time.monotonic() - started:.1f} s: ARI at {lab.ari_url}")
        case "down":
            lab.down()
        case "status":
            return _status(lab)
        case "record":
            for call in lab.record():
                print(json.dumps(dataclasses.asdict(call), default=str))
        case "cli":
            if lab.instance(given.instance).pid is None:
                raise LabError(f"the {given.instance} of lab {lab.name} does not run")
            sys.stdout.write(lab.cli(given.instance, " ".join(given.command)))
        case "restart":
            lab.restart(given.instance, hard=given.hard)
        case "smoke":
            return smoke.run(lab) | smokeagents.run(lab)
        case "config":
            print(lab.dialerd_config(given.database))
    return 0


def _status(lab: Lab) -> int:
    if not lab.has_ports:
        print(f"lab {lab.name} is not up")
        return 1
    for instance in (lab.pbx, lab.carrier):
        version = instance.cli("core show version").split(" built")[0].strip()
        print(f"{instance.kind}: " + (f"process {instance.pid}, {version}" if instance.pid else "does not run"))
    print(f"ARI at {lab.ari_url}, SIP pbx {lab.port('sip_pbx')}, carrier {lab.port('sip_carrier')}")
    return 0 if lab.is_up else 1


if __name__ == "__main__":
    sys.exit(main())
