"""scripts/bench fuzz [NAME...]: files, lines and messages that are drawn or spoilt, thousands of each.

Prints per name the cases, what became of them, and the time. A case that raises is a defect: its seed is printed and
the bench fails. Not here: what a case is; that belongs to the tests of what is fuzzed, which run some hundred.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable

from tests.adapters.ari.test_strange import one_case as ari
from tests.adapters.files.test_strange import one_case as contact_file
from tests.adapters.mail.test_incoming import one_case as mail
from tests.adapters.sms.test_pdu import one_case as pdu
from tests.agi.test_request import one_case as agi_request
from tests.domain.flow.test_check import one_case as flow_file
from tests.domain.strategy.test_check import one_case as strategy_file
from tests.domain.test_replies import one_case as reply
from tests.test_strangefiles import campaign_case, settings_case
from tests.web.test_strangesockets import one_case as websocket

FUZZERS: dict[str, Callable[[random.Random], str]] = {
    "agi": agi_request,
    "ari": ari,
    "campaign": campaign_case,
    "csv": contact_file,
    "flow": flow_file,
    "mail": mail,
    "pdu": pdu,
    "reply": reply,
    "settings": settings_case,
    "strategy": strategy_file,
    "websocket": websocket,
}
"""A case takes dice and returns, in a word, what became of what it drew; it raises where that was wrong."""


def run(name: str, cases: int, first: int) -> bool:
    """Whether all of them went well."""
    seen: Counter[str] = Counter()
    began = time.perf_counter()
    for seed in range(first, first + cases):
        try:
            seen[FUZZERS[name](random.Random(seed))] += 1
        except Exception as error:  # noqa: BLE001  # whatever a case raises is the finding
            seen["defect"] += 1
            print(json.dumps({"fuzz": name, "seed": seed, "error": f"{type(error).__name__}: {error}"[:500]}))
    took_s = round(time.perf_counter() - began, 1)
    print(json.dumps({"fuzz": name, "cases": cases, "defects": seen["defect"], **seen, "seconds": took_s}), flush=True)
    return not seen["defect"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(FUZZERS)}; none: all of them")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1, help="the first one; each case has its own")
    given = parser.parse_args()
    went = [run(name, given.cases, given.seed) for name in given.names or sorted(FUZZERS)]
    raise SystemExit(0 if all(went) else 1)


if __name__ == "__main__":
    main()
