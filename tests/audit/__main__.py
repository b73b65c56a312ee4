"""`scripts/test audit`: asks whether what is installed has known vulnerabilities, of Python's packages and the pages'.

Not here: what the answers come to (verdict.py). Where nobody can be asked it says so by name and is no failure: then it
is looked at elsewhere.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.audit.verdict import Found, Unreachable, Verdict, judge, of_npm, of_python, read_ignored

ROOT = Path(__file__).parents[2]
OWN = ROOT / ".venv" / "audit"  # what audits has a place of its own: nothing here is to depend on it
PIP_AUDIT = "pip-audit>=2.7,<3"
_INSTALL_S, _ASK_S = 240, 120


def _run(limit_s: float, *command: str, at: Path = ROOT) -> str:
    """What a program says on its standard output. Raises Unreachable where it cannot be run, or says nothing."""
    try:
        done = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=limit_s, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreachable(f"{Path(command[0]).name}: {error}"[:200]) from error
    if not done.stdout.strip() and done.returncode:
        raise Unreachable((done.stderr.strip().splitlines() or ["it says nothing"])[-1][:200])
    return done.stdout


def _json(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unreachable(f"no report: {text.strip()[:100]}")
    return found


def python() -> list[Found]:
    program = OWN / "bin" / "pip-audit"
    if not program.exists():
        _run(_INSTALL_S, sys.executable, "-m", "venv", str(OWN))
        quietly = ("--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15")
        _run(_INSTALL_S, str(OWN / "bin" / "python"), "-m", "pip", "install", *quietly, PIP_AUDIT)
    place = next((ROOT / ".venv" / "lib").glob("python3*/site-packages"))
    how = ("--skip-editable", "--progress-spinner", "off", "--timeout", "10", "--format", "json")
    return of_python(_json(_run(_ASK_S, str(program), "--path", str(place), *how)))


def npm() -> list[Found]:
    if shutil.which("npm") is None:
        raise Unreachable("there is no npm")
    return of_npm(_json(_run(_ASK_S, "npm", "audit", "--json", at=ROOT / "dialerd" / "web" / "ui")))


def main() -> int:
    ignored, today = read_ignored(Path(__file__).with_name("ignored.toml")), datetime.now(UTC).date()  # noqa: TID251  # a tool
    asked: Sequence[tuple[str, Callable[[], list[Found]]]] = (("Python's packages", python), ("npm's packages", npm))
    failed = False
    for what, ask in asked:
        try:
            verdict: Verdict = judge(ask(), ignored, today)
        except Unreachable as reason:
            sys.stdout.write(f"audit: {what} were not checked: no advisories could be had from here ({reason})" + "\n")
            continue
        for line in (*verdict.notes, *verdict.failures):
            sys.stdout.write(f"audit: {line}" + "\n")
        sys.stdout.write(
            f"audit: {what}: {len(verdict.failures)} known vulnerabilities that a newer version mends" + "\n"
        )
        failed = failed or bool(verdict.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
