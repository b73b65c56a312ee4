"""What an audit's report comes to: vulnerabilities that a newer version mends, those that are left alone and why.

Not here: asking for the report (__main__.py).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

MOST_SKIPPED = 0.5  # of the packages: with more, nobody was there to be asked


class Unreachable(Exception):
    """Nobody who knows vulnerabilities could be asked; the message says what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A known vulnerability. `names`: every id that it goes by; `fix`: what mends it; empty: nothing does yet."""

    package: str
    version: str
    names: tuple[str, ...]
    fix: str

    @property
    def text(self) -> str:
        return f"{self.package} {self.version}: {', '.join(self.names)}" + (
            f", mended by {self.fix}" if self.fix else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A vulnerability that is left alone until that day, for that reason."""

    id: str
    reason: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`failures` must be mended; `notes` are told."""

    failures: Sequence[str]
    notes: Sequence[str]


def read_ignored(path: Path) -> list[Ignored]:
    """Raises ValueError naming an entry without a reason or a date."""
    found = []
    for entry in tomllib.loads(path.read_text("utf-8")).get("ignore", []):
        until = entry.get("until")
        if set(entry) != {"id", "reason", "until"} or not entry["reason"].strip() or not isinstance(until, date):
            raise ValueError(f"{path.name}: {entry} has not exactly id, a reason, and until (a date)")
        found.append(Ignored(id=entry["id"], reason=entry["reason"], until=until))
    return found


def of_python(report: Mapping[str, Any]) -> list[Found]:
    """What pip-audit's JSON tells. Raises Unreachable."""
    packages = report["dependencies"]
    skipped = [each for each in packages if "skip_reason" in each]
    if not packages or len(skipped) > MOST_SKIPPED * len(packages):
        seen = skipped[0]["skip_reason"] if skipped else "no packages"
        raise Unreachable(f"of {len(packages)} packages {len(skipped)} are unknown there: {seen}")
    return [
        Found(
            package=each["name"],
            version=each["version"],
            names=(vulnerability["id"], *vulnerability.get("aliases", ())),
            fix=", ".join(vulnerability.get("fix_versions", ())),
        )
        for each in packages
        for vulnerability in each.get("vulns", ())
    ]


def of_npm(report: Mapping[str, Any]) -> list[Found]:
    """What npm audit's JSON tells. Raises Unreachable."""
    if "vulnerabilities" not in report:
        error = report.get("error") or report
        raise Unreachable(str(report.get("message") or error.get("summary") or error)[:200])
    found = []
    for name, each in report["vulnerabilities"].items():
        causes = [cause for cause in each["via"] if isinstance(cause, dict)]  # else a package that is listed itself
        fix = each.get("fixAvailable")
        for cause in causes:
            names = tuple(str(cause[key]) for key in ("url", "source") if cause.get(key))
            found.append(
                Found(package=name, version=each.get("range", ""), names=names, fix="a newer version" if fix else "")
            )
    return found


def judge(found: Iterable[Found], ignored: Iterable[Ignored], today: date) -> Verdict:
    """A vulnerability fails the audit where something mends it and it is not left alone for now."""
    failures, notes = [], []
    for each in found:
        known = next((one for one in ignored if any(one.id in name for name in each.names)), None)
        if known is not None and known.until >= today:
            notes.append(f"{each.text}; left alone until {known.until}: {known.reason}")
        elif each.fix:
            failures.append(each.text + (f"; it was left alone until {known.until}" if known else ""))
        else:
            notes.append(f"{each.text}; nothing mends it yet")
    return Verdict(failures=failures, notes=notes)
