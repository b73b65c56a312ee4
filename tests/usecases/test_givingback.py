"""An attempt of a congestion's first moments is given back, once, where its target can still use it."""

from __future__ import annotations

from datetime import timedelta

from dialerd.domain.words import Disposition, RunState, TargetState
from dialerd.ports import AttemptRow
from dialerd.usecases import runs
from dialerd.usecases.dialing import MOST_UNSPENT
from dialerd.usecases.givingback import give_back
from tests.usecases.conftest import ACTOR, NOW, House

LATER = NOW + timedelta(seconds=2)
AGAIN = LATER + timedelta(seconds=30)


def refused(house: House) -> AttemptRow:
    """The first of two contacts, of one attempt each, met a 503."""
    house.with_contacts("+12125550100", "+12125550101")
    house.start()
    (attempt,) = house.dial(1)
    house.end(attempt, Disposition.NETWORK_FAILURE, LATER, sip_code=503, cause=34)
    return attempt


def test_the_target_is_dialed_again_with_all_its_attempts(house: House) -> None:
    attempt = refused(house)
    assert (house.latest().done, house.latest().pending) == (1, 1)
    back = give_back(house.unit, attempt.id, LATER)
    assert back is not None and back.retry_at == LATER + timedelta(seconds=10)
    assert (house.latest().done, house.latest().waiting) == (0, 1)
    assert house.unit.dialing.attempts_spent(attempt.target_id) == 0
    again = {each.target_id for each in house.dial(5, AGAIN)}
    assert attempt.target_id in again
    assert give_back(house.unit, attempt.id, AGAIN) is None, "it is given back once"
    assert house.unit.dialing.attempts_spent(attempt.target_id) == 0


def test_a_target_in_its_next_call_is_left_in_it_with_one_attempt_less_spent(house: House) -> None:
    attempt = refused(house)
    give_back(house.unit, attempt.id, LATER)
    second = next(each for each in house.dial(5, AGAIN) if each.target_id == attempt.target_id)
    house.end(second, Disposition.NETWORK_FAILURE, AGAIN, sip_code=503, cause=34)
    assert house.unit.dialing.attempts_spent(attempt.target_id) == 1
    assert give_back(house.unit, second.id, AGAIN) is not None
    assert house.unit.dialing.attempts_spent(attempt.target_id) == 0


def test_a_run_that_is_over_or_being_stopped_gives_nothing_back(house: House) -> None:
    attempt = refused(house)
    runs.stop_run(house.unit, "spring", actor=ACTOR, now=LATER)
    assert house.latest().state in (RunState.STOPPING, RunState.STOPPED)
    assert give_back(house.unit, attempt.id, LATER) is None
    contact_id = house.unit.callbacks.contact_of(attempt.target_id)
    target = house.unit.dialing.target(house.latest().id, contact_id, dnc=None, now=LATER)
    assert target is not None and target.state is TargetState.DONE


def test_a_number_for_which_no_trunk_ever_has_room_is_not_dialed_for_ever(house: House) -> None:
    attempt, now, dialed = refused(house), LATER, 1
    while give_back(house.unit, attempt.id, now) is not None:
        now += timedelta(minutes=1)
        attempt = next(each for each in house.dial(5, now) if each.target_id == attempt.target_id)
        house.end(attempt, Disposition.NETWORK_FAILURE, now, sip_code=503, cause=34)
        dialed += 1
        assert dialed < 60
    assert dialed == MOST_UNSPENT + 1
