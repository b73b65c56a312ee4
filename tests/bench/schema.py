"""scripts/bench schema: every operation of the OpenAPI document asked by everybody, with much that it allows and much
that it does not; no answer may be a defect or another than the document says.

Prints per operation the cases and what was answered. All of them take an hour: with --into FILE these lines are kept,
and a run that was broken off goes on with the operations that have none there. Each operation has a site of its own,
with a campaign that runs and an agent who talks, and names in what is drawn are often those of things that are there:
most of the code lies behind them. Not here: the same with a case each, in every test run (tests/web/test_openapi.py).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from dialerd.ports import Unit
from dialerd.usecases import steering
from tests.web.site import NOW, PEOPLE, Site, running, talk
from tests.web.test_openapi import SCHEMA

load_all_checks()
_CHECKS = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
]
_CHANGES_USERS = ("users_", "session_")
_ENDS_SESSIONS = frozenset({"session_sign_in", "session_sign_out", "session_change_password"})

THERE: Mapping[str, tuple[Any, ...]] = {
    "name": ("spring", "sales-calls", "support-calls", "customers", "people", "sales", "ann", "ben", "global", "sue"),
    "contact_id": (1, 2),
    "callback_id": (1,),
    "attempt_id": ("d" + "1" * 32,),
    "by": ("campaign", "agent", "hour", "list", "disposition", "trunk"),
    "campaign": ("spring", "sales-calls", "support-calls"),
    "campaigns": (["sales-calls"], ["spring", "sales-calls"]),
    "preferred": (["sales-calls"], []),
    "list": ("customers", "people", "global"),
    "lists": (["customers"], ["people", "customers"]),
    "agent": ("ann", "ben"),
    "agents": (["ann"], ["ann", "ben"]),
    "queue": ("sales", "support"),
    "queues": (["sales"], None),
    "user": ("sue", "ann", "root"),
    "password": ("correct horse battery",),
    "endpoint": ("PJSIP/ann", "PJSIP/desk"),
    "number": ("+12122669999", "+12122660001", "(212) 266-0009"),
    "numbers": (["+12122660001"], ["+12122660002", "+12122660003"]),
    "code": ("answered_human", "sale", "busy"),
    "trunk": ("carrier",),
    "mode": ("agentless", "progressive", "predictive"),
    "filter": ("state = 'CA'", "balance > 100 and not vip", None),
    "in_min": (5, 600),
    "at": ("2026-03-02T18:00:00+00:00", "2026-03-02T18:00:00"),
}
"""Values that lead somewhere, by the name of what takes them."""


def _steer(unit: Unit) -> None:
    """An engine that does what it is asked at once."""
    for each in unit.floor.open_requests():
        steering.note_done(unit, each.id, refusal="", now=NOW)


def furnish(site: Site) -> None:
    """A run, and ann in a call of it."""
    sue = site.browser("sue")
    sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"], "attributes": {"first_name": "Bob"}})
    assert sue.post("/api/campaigns/sales-calls/run").status == 200
    talk(site)
    site.engine = _steer


def _led(value: Any, data: Any, name: str = "") -> Any:
    """The same, with things that are there in many a place."""
    if name in THERE and data.draw(st.booleans()):
        return data.draw(st.sampled_from(THERE[name]))
    if isinstance(value, dict):
        return {key: _led(each, data, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_led(each, data) for each in value[:20]]
    return value


def ask(operation: Any, mode: GenerationMode, site: Site, who: str, cases: int, first: int, seen: Counter[str]) -> None:
    """Raises what the checks raise, with the case that did it."""
    kept = site.browser("" if who == "nobody" else who)
    ends = operation.definition.raw["operationId"] in _ENDS_SESSIONS
    session = requests.Session()

    @seed(first)
    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def one(case: Any, data: Any) -> None:
        nonlocal kept
        case.headers.pop("Authorization", None)  # a token that nobody has
        case.cookies.clear()
        for part in ("path_parameters", "query", "body"):
            setattr(case, part, _led(getattr(case, part), data))
        if ends and who != "nobody":
            kept = site.browser(who)
        headers = {**kept.headers, **({"Cookie": kept.cookie} if kept.cookie else {})}
        answer = case.call(base_url=f"http://127.0.0.1:{site.port}", headers=headers, session=session)
        seen[f"{mode.value} {answer.status_code}"] += 1
        case.validate_response(answer, checks=_CHECKS)

    try:
        one()
    finally:
        session.close()


def ask_all(operation: Any, site: Site, who: str, cases: int, first: int, seen: Counter[str]) -> bool:
    """Whether all of them went well."""
    is_well = True
    for mode in GenerationMode:
        try:
            ask(operation, mode, site, who, cases if who != "nobody" else cases // 10 + 1, first, seen)
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001  # whatever a case raises is the finding
            is_well = False
            print(
                json.dumps({"operation": operation.label, "who": who, "mode": mode.value, "error": str(error)[:3000]})
            )
    return is_well


def _kept_in(file: Path | None) -> list[Any]:
    if file is None or not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("operations", nargs="*", metavar="ID", help="operation ids; none: all of them")
    parser.add_argument("--cases", type=int, default=30, help="of each operation, role and kind of data")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--into", type=Path, metavar="FILE", help="keep the lines there; what has one is not asked again"
    )
    given_ = parser.parse_args()
    kept = {each["operation"]: each for each in _kept_in(given_.into)}
    defects, asked = (sum(each[key] for each in kept.values()) for key in ("defects", "cases"))
    for found in SCHEMA.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # ours is valid
        name = operation.definition.raw["operationId"]
        if name in kept or (given_.operations and name not in given_.operations):
            continue
        seen: Counter[str] = Counter()
        began, found_here = time.perf_counter(), 0
        # Where users are changed each role has a site of its own: others may not be able to sign in any more.
        groups = [(who,) for who in PEOPLE] if name.startswith(_CHANGES_USERS) else [PEOPLE]
        for group in groups:
            with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as folder, running(Path(folder)) as site:
                furnish(site)
                found_here += sum(not ask_all(operation, site, who, given_.cases, given_.seed, seen) for who in group)
        told = {"operation": name, "cases": sum(seen.values()), "defects": found_here, **dict(sorted(seen.items()))}
        line = json.dumps({**told, "seconds": round(time.perf_counter() - began, 1)})
        print(line, flush=True)
        if given_.into is not None:
            with given_.into.open("a", encoding="utf-8") as lines:
                lines.write(line + "\n")
        defects, asked = defects + found_here, asked + sum(seen.values())
    print(json.dumps({"bench": "schema", "cases": asked, "defects": defects}))
    raise SystemExit(1 if defects else 0)


if __name__ == "__main__":
    main()
