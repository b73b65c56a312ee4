"""scripts/bench hours: random campaigns over clock changes, as many as asked, judged by the referee of the tests.

Prints how many calls were placed and how many of them were outside hours.
Not here: what is drawn and what the referee believes (tests/simulation/test_hours.py).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time

from dialerd import log
from tests.simulation.test_hours import complaint, draw_case, play


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench hours", description=__doc__)
    parser.add_argument("--campaigns", type=int, default=500)
    parser.add_argument("--first-seed", type=int, default=0)
    options = parser.parse_args()
    log.configure(level="error")
    began, calls, wrong = time.monotonic(), 0, []
    for seed in range(options.first_seed, options.first_seed + options.campaigns):
        case = draw_case(random.Random(seed))
        for call in play(case, seed):
            calls += 1
            said = complaint(case, call)
            if said is not None:
                wrong.append({"seed": seed, "complaint": said})
    print(
        json.dumps(
            {
                "bench": "hours",
                "campaigns": options.campaigns,
                "calls": calls,
                "outside_hours": len(wrong),
                "first_complaints": wrong[:5],
                "seconds": round(time.monotonic() - began, 1),
            }
        )
    )
    return 1 if wrong or not calls else 0


if __name__ == "__main__":
    sys.exit(main())
