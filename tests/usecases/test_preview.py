"""A record is locked while it is shown, and goes through every gate again before it is dialed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.errors import IllegalActionError, NotFoundError
from dialerd.domain.queue import read_queue
from dialerd.domain.words import AgentKind, AttemptId, ContactId, RunId, RunState
from dialerd.domain.words import Disposition as D
from dialerd.ports import AttemptRow, DncEntry, PreviewRow
from dialerd.usecases import agents, campaigns, contacts, dialing, dispositions, finishing, preview, runs, status
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec
from tests.usecases.test_dispositions import sales

BY: dict[str, Any] = {"actor": ACTOR, "now": NOW}
LATER = NOW + timedelta(seconds=10)
WAY_OUT = dialing.WayOut(trunk="carrier", asterisk="pbx1")


def apply(house: House, **changes: Any) -> None:
    given = {"mode": "preview", "queue": "sales", "on_human": None, "max_attempts": 3, **changes}
    campaigns.apply_campaign(house.unit, spec(**given), trunks=TRUNKS, **BY)


@pytest.fixture
def house(house: House) -> Iterator[House]:
    """Two agents before a preview campaign with three contacts, its run begun."""
    for name in ("ann", "bob"):
        phone = {"endpoint": f"PJSIP/{name}", "kind": AgentKind.OUTBOUND, "may_outbound": True}
        agents.add_agent(house.unit, name, **phone, allowed=["PJSIP/*"], **BY)  # type: ignore[arg-type]
    house.unit.queues.put(read_queue({"name": "sales", "agents": ["ann", "bob"]}, source="test"), NOW)
    house.with_contacts("2122660001", "2122660002", "2122660003")
    dispositions.apply_set(house.unit, sales(), **BY)
    apply(house, preview={"max_skips": 1, "on_timeout": "skip"}, retry_after_min=30, dispositions="sales")
    house.start()
    return house  # type: ignore[return-value]


def show(house: House, agent: str = "ann", **changes: Any) -> PreviewRow | preview.Nothing:
    return preview.show(house.unit, house.latest().id, agent, **{"packs": (), "now": NOW, **changes})


def dial(house: House, agent: str = "ann", **changes: Any) -> AttemptRow | preview.Refused:
    ids = (AttemptId(f"d{n:032x}") for n in range(house.latest().attempts, 99))
    asked = {"way_out": WAY_OUT, "packs": (), "new_id": lambda: next(ids), "now": LATER, **changes}
    return preview.dial(house.unit, agent, **asked)


def contact_of(found: PreviewRow | preview.Nothing) -> int | None:
    return found.contact_id if isinstance(found, PreviewRow) else None


def test_a_record_that_is_shown_is_locked_for_everybody_else_and_why_tells_it(house: House) -> None:
    assert contact_of(show(house)) == 1
    assert contact_of(show(house, "bob")) == 2
    claimed = dialing.claim(
        house.unit, house.latest().id, limit=9, way_out=WAY_OUT, new_id=lambda: AttemptId("d" + "9" * 32), now=NOW
    )
    assert [each.number for each in claimed.attempts] == ["+12122660003"]
    (hold,) = status.why(house.unit, "spring", NOW, is_daemon_running=True)
    assert (hold.gate, hold.targets) == ("preview", 2)


def test_a_record_whose_daemon_has_died_falls_due_by_itself_and_goes_to_another(house: House) -> None:
    shown = show(house)
    assert isinstance(shown, PreviewRow)
    much_later = shown.dial_at + preview.LOCK_GUARD
    assert contact_of(show(house, "bob", now=much_later)) == 1
    assert dial(house, now=much_later) == preview.Refused("the record is not shown any more")
    assert isinstance(dial(house, "bob", now=much_later), AttemptRow)


def test_a_record_is_dialed_as_an_attempt_like_any_other(house: House) -> None:
    show(house)
    attempt = dial(house)
    assert isinstance(attempt, AttemptRow)
    assert (attempt.number, attempt.trunk, attempt.asterisk) == ("+12122660001", "carrier", "pbx1")
    assert house.latest().in_progress == 1
    assert isinstance(dial(house), preview.Refused)


@pytest.mark.parametrize(
    ("changes", "said", "state"),
    [
        ("dnc", "do-not-call list global", {"do_not_call": 1}),
        ("pause", "the campaign is paused", {}),
        ("hours", "outside the contact hours", {}),
    ],
)
def test_what_has_changed_since_it_was_shown_is_obeyed(
    house: House, changes: str, said: str, state: dict[str, int]
) -> None:
    show(house)
    now = LATER
    if changes == "dnc":
        house.unit.dnc.add([DncEntry(list_name="global", number="+12122660001", source="test", added_at=NOW)])
    elif changes == "pause":
        runs.pause_run(house.unit, "spring", **BY)
    else:
        now = NOW + timedelta(hours=14)
    refused = dial(house, now=now)
    assert isinstance(refused, preview.Refused)
    assert said in refused.reason
    run = house.latest()
    assert house.unit.runs.dispositions(run.id) == state
    assert (run.in_progress, run.attempts) == (0, 0)
    assert house.unit.previews.all() == []


def test_a_skipped_record_is_others_at_once_and_its_agents_after_the_retry_time(house: House) -> None:
    show(house)
    preview.skip(house.unit, "ann", NOW)
    assert contact_of(show(house)) == 2
    preview.withdraw(house.unit, "ann")
    assert contact_of(show(house, "bob")) == 1
    preview.withdraw(house.unit, "bob")
    assert contact_of(show(house, now=NOW + timedelta(minutes=29))) == 2
    preview.withdraw(house.unit, "ann")
    assert contact_of(show(house, now=NOW + timedelta(minutes=30))) == 1
    assert house.latest().attempts == 0, "a skip is no attempt"


def test_who_has_skipped_all_there_is_is_told_when_to_look_again(house: House) -> None:
    for _ in range(3):
        show(house)
        preview.skip(house.unit, "ann", NOW)
    assert show(house) == preview.Nothing(NOW + timedelta(minutes=30))


def test_the_agent_asks_once_and_may_skip_only_so_often(house: House) -> None:
    with pytest.raises(IllegalActionError, match="is shown no record"):
        preview.ask_dial(house.unit, "ann", **BY)
    with pytest.raises(NotFoundError):
        preview.ask_skip(house.unit, "nobody", **BY)
    show(house)
    preview.ask_skip(house.unit, "ann", **BY)
    with pytest.raises(IllegalActionError, match="has asked to skip"):
        preview.ask_dial(house.unit, "ann", **BY)
    preview.skip(house.unit, "ann", NOW)
    show(house)
    assert preview.time_is_up(house.unit, "ann") == "dial", "no skip is left, so the timer does not skip either"
    assert preview.shown(house.unit, "ann", NOW).on_timeout == "dial", "and the agent is told so"
    with pytest.raises(IllegalActionError, match="the most in a run"):
        preview.ask_skip(house.unit, "ann", **BY)
    preview.ask_dial(house.unit, "ann", **BY)
    show(house, "bob")
    assert preview.time_is_up(house.unit, "bob") == "skip", "its own skips count, not the others'"
    assert preview.shown(house.unit, "bob", NOW).on_timeout == "skip"
    actions = [action for _, action, subject in house.audit() if subject == "ann"]
    assert actions[-2:] == ["record_skip", "record_dial"]


def test_an_agent_sees_who_is_called_and_how_many_skips_are_left(house: House) -> None:
    show(house)
    shown = preview.shown(house.unit, "ann", LATER)
    assert (shown.campaign, shown.number, shown.attempts_spent, shown.skips_left) == ("spring", "+12122660001", 0, 1)
    assert shown.contact is not None
    assert shown.contact.contact.numbers[0].e164 == "+12122660001"
    assert shown.row.dial_at == NOW + timedelta(seconds=30)


def connected(house: House) -> AttemptRow:
    show(house)
    attempt = dial(house)
    assert isinstance(attempt, AttemptRow)
    return attempt


@pytest.mark.parametrize(("talked", "waiting"), [(True, 0), (False, 1)])
def test_who_has_talked_to_an_agent_is_not_dialed_again_in_the_run(house: House, talked: bool, waiting: int) -> None:
    attempt = connected(house)
    facts = {"answered_at": LATER, "connected_at": LATER, "agent": "ann"} if talked else {}
    house.end(attempt, D.NETWORK_FAILURE, LATER + timedelta(seconds=9), **facts)
    assert house.latest().waiting == waiting


def test_a_disposition_that_asks_for_another_call_does_not_get_one_after_a_talk_in_preview(house: House) -> None:
    attempt = connected(house)
    house.end(attempt, D.ANSWERED_HUMAN, LATER, answered_at=LATER, connected_at=LATER, agent="ann")
    given = dispositions.give(house.unit, attempt.id, "call_again", actor=ACTOR, now=LATER)
    assert given.retry_at is None
    assert house.latest().waiting == 0


def test_a_run_that_is_not_there_or_not_active_shows_nothing(house: House) -> None:
    assert preview.show(house.unit, RunId(99), "ann", packs=(), now=NOW) == preview.Nothing(None)
    house.unit.runs.set_state(house.latest().id, RunState.STOPPING, NOW)
    assert show(house) == preview.Nothing(None)


def test_a_record_goes_with_its_campaign(house: House) -> None:
    show(house)
    show(house, "bob")
    preview.skip(house.unit, "bob", NOW)
    runs.stop_run(house.unit, "spring", **BY)
    while house.latest().state is not RunState.STOPPED:
        finishing.finish_if_over(house.unit, house.latest().id, NOW)
    while not campaigns.delete_campaign(house.unit, "spring", **BY):
        pass
    assert house.unit.previews.all() == []
    assert house.unit.previews.skips(RunId(1), "bob") == 0
    assert contacts.get_contact(house.unit, ContactId(1)) is not None
