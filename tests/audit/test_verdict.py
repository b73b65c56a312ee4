"""An audit fails for what a newer version mends, tells what is left alone, and takes silence for no good word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.audit.verdict import Found, Ignored, Unreachable, judge, of_npm, of_python, read_ignored

TODAY = date(2026, 12, 1)
MENDED = Found(package="jinja2", version="3.1.0", names=("PYSEC-1", "GHSA-aaaa"), fix="3.1.6")
UNMENDED = Found(package="six", version="1.16", names=("PYSEC-2",), fix="")


def left_alone(until: date, name: str = "GHSA-aaaa") -> list[Ignored]:
    return [Ignored(id=name, reason="nothing here calls it", until=until)]


@pytest.mark.parametrize(
    ("found", "ignored", "failures", "notes"),
    [
        ([], [], 0, 0),
        ([MENDED], [], 1, 0),
        ([UNMENDED], [], 0, 1),
        ([MENDED, UNMENDED], left_alone(TODAY), 0, 2),
        ([MENDED], left_alone(date(2026, 11, 30)), 1, 0),  # its day is over
        ([MENDED], left_alone(date(2027, 1, 1), "GHSA-bbbb"), 1, 0),
    ],
)
def test_what_a_newer_version_mends_fails_unless_it_is_left_alone_for_now(
    found: list[Found], ignored: list[Ignored], failures: int, notes: int
) -> None:
    verdict = judge(found, ignored, TODAY)
    assert (len(verdict.failures), len(verdict.notes)) == (failures, notes)


def test_python_packages_are_read_as_pip_audit_tells_them() -> None:
    report = {
        "dependencies": [
            {"name": "jinja2", "version": "3.1.0", "vulns": [_VULNERABILITY]},
            {"name": "six", "version": "1.16", "vulns": []},
            {"name": "dialerd", "skip_reason": "distribution marked as editable"},
        ]
    }
    assert of_python(report) == [MENDED]


_VULNERABILITY = {"id": "PYSEC-1", "aliases": ["GHSA-aaaa"], "fix_versions": ["3.1.6"], "description": "..."}


def test_an_index_that_knows_nothing_is_no_good_word() -> None:
    unknown = [{"name": f"p{n}", "skip_reason": "Dependency not found on PyPI"} for n in range(9)]
    with pytest.raises(Unreachable, match="9 are unknown there: Dependency not found"):
        of_python({"dependencies": [*unknown, {"name": "six", "version": "1.16", "vulns": []}]})
    with pytest.raises(Unreachable, match="no packages"):
        of_python({"dependencies": []})


def test_npm_packages_are_read_as_npm_tells_them() -> None:
    via = {"source": 1, "url": "https://example.org/GHSA-aaaa", "title": "..."}
    report = {
        "vulnerabilities": {
            "vite": {"via": [via], "range": "<5", "fixAvailable": {"name": "vite", "version": "6.0.0"}},
            "above": {"via": ["vite"], "range": "*", "fixAvailable": True},  # listed for what it stands on
        }
    }
    (found,) = of_npm(report)
    assert (found.package, bool(found.fix)) == ("vite", True)
    assert judge([found], left_alone(TODAY), TODAY).failures == []
    for silence in ({"error": {"summary": "audit endpoint returned an error"}}, {"message": "405"}, {}):
        with pytest.raises(Unreachable):
            of_npm(silence)


def test_what_is_left_alone_has_a_reason_and_a_day(tmp_path: Path) -> None:
    path = tmp_path / "ignored.toml"
    path.write_text('[[ignore]]\nid = "GHSA-aaaa"\nreason = "nothing here calls it"\nuntil = 2026-12-01\n')
    assert read_ignored(path) == left_alone(TODAY)
    for wrong in (
        'reason = " "\nuntil = 2026-12-01',
        'reason = "x"',
        'reason = "x"\nuntil = "soon"',
        "until = 2026-12-01",
    ):
        path.write_text(f'[[ignore]]\nid = "GHSA-aaaa"\n{wrong}\n')
        with pytest.raises(ValueError, match="has not exactly id, a reason"):
            read_ignored(path)


def test_our_own_list_can_be_read() -> None:
    read_ignored(Path(__file__).with_name("ignored.toml"))
