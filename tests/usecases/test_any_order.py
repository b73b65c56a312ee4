"""Whatever people, schedules and calls do in whatever order: counts are true, and nothing is open where all is over."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.errors import DialerdError
from dialerd.domain.words import AttemptId
from dialerd.domain.words import Disposition as D
from dialerd.ports import AttemptRow, RunRow
from dialerd.usecases import campaigns, contacts, dialing, dispositions, dnc, finishing, lists, runs
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

SALES = read_disposition_set(
    {
        "name": "sales",
        "disposition": [{"code": "accepted", "positive": True}, {"code": "later", "retry_after_min": 1}],
    },
    source="test",
)
ACTIONS = ["run", "rerun", "pause", "resume", "stop", "apply", "filter", "dnc", "take in", "scrub", "finish"]
CALLS = ["dial", "busy", "answered", "wrong", "give accepted", "give later", "a minute"]
FILTERS = [None, "number like '%0'", "number like '%1' or number like '%2'", "number not like '%0'"]
PEOPLE = [[f"212266000{n}"] for n in range(6)]
SEVERAL = [["2122660000", "2122660006"], ["2122660001", "2122660002", "2122660007"], ["2122660003"], ["2122660002"]]
FINISHES: list[dict[str, Any] | None] = [None, {"goal": {"positive": 2}}, {"disposition": {"busy": 2}}]


class World:
    """A campaign that is told what to do by a word and a number."""

    def __init__(self, people: Sequence[Sequence[str]] = PEOPLE, **keys: Any) -> None:
        self._keys = keys
        connection = connect(None)
        migrate(connection)
        self.unit = SqlUnit(connection)
        self.house = House(self.unit)
        self.now = NOW
        self.up: list[AttemptRow] = []
        self.ended: list[AttemptRow] = []
        self._ids = (AttemptId(f"d{n:032x}") for n in itertools.count())
        lists.create_list(self.unit, "customers", region="US", actor=ACTOR, now=NOW)
        dispositions.apply_set(self.unit, SALES, actor=ACTOR, now=NOW)
        for each in people:
            contacts.add_contact(
                self.unit, "customers", each, attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW
            )
        self.apply()

    def latest(self) -> RunRow:
        return self.house.latest()

    def dial(self, limit: int) -> None:
        way_out = dialing.WayOut(trunk="carrier", asterisk="pbx1")
        claim = dialing.claim(
            self.unit, self.latest().id, limit=limit, way_out=way_out, new_id=lambda: next(self._ids), now=self.now
        )
        self.up.extend(claim.attempts)

    def apply(self, **changes: Any) -> None:
        given_keys = {"dispositions": "sales", "max_attempts": 2, "retry_after_min": 1, **self._keys, **changes}
        campaigns.apply_campaign(self.unit, spec(**given_keys), trunks=TRUNKS, actor=ACTOR, now=self.now)

    def do(self, what: str, n: int) -> None:
        act: dict[str, Any] = {"actor": ACTOR, "now": self.now}
        match what:
            case "run":
                runs.run_campaign(self.unit, "spring", trunks=TRUNKS, **act)
            case "rerun":
                runs.rerun_campaign(self.unit, "spring", trunks=TRUNKS, **act)
            case "pause":
                runs.pause_run(self.unit, "spring", **act)
            case "resume":
                runs.resume_run(self.unit, "spring", **act)
            case "stop":
                runs.stop_run(self.unit, "spring", **act)
            case "apply":
                self.apply(finish=FINISHES[n % 3])
            case "filter":
                self.apply(filter=FILTERS[n % 4])
            case "dnc":
                dnc.add_to_dnc(self.unit, [f"212266000{n % 6}"], region="US", source="test", expires_at=None, **act)
            case "take in":
                dialing.take_in(self.unit, self.latest().id, draw=lambda: 0.5, now=self.now)
            case "scrub":
                self.unit.runs.request_scrub(self.latest().id)
                dialing.scrub(self.unit, self.latest().id, self.now)
            case "finish":
                finishing.finish_if_over(self.unit, self.latest().id, self.now)
            case "dial":
                self.dial(1 + n % 3)
            case "busy" | "answered" | "wrong" if self.up:
                attempt = self.up.pop(n % len(self.up))
                how = {"busy": D.BUSY, "answered": D.ANSWERED_HUMAN, "wrong": D.INVALID_NUMBER}[what]
                self.house.end(attempt, how, self.now, answered_at=self.now if what == "answered" else None)
                self.ended.append(attempt)
            case "give accepted" | "give later" if self.ended:
                attempt = self.ended[n % len(self.ended)]
                dispositions.give(self.unit, attempt.id, what.removeprefix("give "), **act)
            case "a minute":
                self.now += timedelta(minutes=1)

    def check(self) -> None:
        db = self.unit.audit._connection
        for run_id, *counted in db.execute(
            "SELECT id, pending, waiting, in_progress, done, attempts FROM run"
        ).fetchall():
            fresh = [
                db.execute("SELECT count(*) FROM target WHERE run_id = ? AND state = ?", (run_id, state)).fetchone()[0]
                for state in ("pending", "waiting", "in_progress", "done")
            ]
            attempts = db.execute("SELECT count(*) FROM attempt WHERE run_id = ?", (run_id,)).fetchone()[0]
            assert counted == [*fresh, attempts]
            told = dict(db.execute("SELECT disposition, n FROM run_disposition WHERE run_id = ?", (run_id,)).fetchall())
            true = dict(
                db.execute(
                    "SELECT code, count(*) FROM (SELECT coalesce(final, disposition) AS code FROM attempt"
                    " WHERE run_id = :run AND disposition IS NOT NULL UNION ALL SELECT disposition FROM target"
                    " WHERE run_id = :run AND state = 'done' AND disposition IN ('cancelled', 'do_not_call'))"
                    " GROUP BY code",
                    {"run": run_id},
                ).fetchall()
            )
            assert told == true
        twice = "SELECT count(*) FROM (SELECT 1 FROM target GROUP BY run_id, contact_id HAVING count(*) > 1)"
        assert db.execute(twice).fetchone()[0] == 0, "a contact is a target once"
        shared = (
            "SELECT count(*) FROM (SELECT 1 FROM attempt GROUP BY run_id, number HAVING count(DISTINCT target_id) > 1)"
        )
        assert db.execute(shared).fetchone()[0] == 0, "a number is dialed for one contact of a run"
        over = (
            "SELECT count(*) FROM attempt JOIN run ON run.id = run_id"
            " WHERE disposition IS NULL AND finished_at NOT NULL"
        )
        assert db.execute(over).fetchone()[0] == 0, "no call is up in a run that is over"
        most = "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM attempt WHERE spent GROUP BY target_id)"
        assert db.execute(most).fetchone()[0] <= 2
        listed = (
            "SELECT count(*) FROM attempt JOIN dnc_entry ON dnc_entry.number = attempt.number"
            " WHERE attempt.claimed_at > dnc_entry.added_at"
        )
        assert db.execute(listed).fetchone()[0] == 0, "nobody is claimed after being listed"


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from([PEOPLE, SEVERAL]),
    st.lists(st.tuples(st.sampled_from(ACTIONS + CALLS * 3), st.integers(0, 9)), max_size=40),
)
def test_the_counts_are_true_whatever_is_done_in_whatever_order(
    people: list[list[str]], steps: list[tuple[str, int]]
) -> None:
    world = World(people)
    world.do("run", 0)
    world.do("take in", 0)
    for what, n in steps:
        try:
            world.do(what, n)
        except DialerdError as error:
            assert str(error)  # refused in words; what it did before is undone by its transaction outside this test
        world.check()
