"""What comes back of messages is set aside only where it fails by itself.

Not here: what is kept of it then (simulation/test_replies.py).
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dialerd.adapters.files.replywords import shipped_reply_words
from dialerd.domain.answers import NO_ANSWERS
from dialerd.domain.errors import StoreError
from dialerd.domain.words import Channel
from dialerd.engine.reception import Reception
from dialerd.ports import About, ReplyCame
from dialerd.simulate.clock import VirtualClock
from dialerd.usecases.answering import Answering
from dialerd.usecases.replies import Took
from tests.simulation.world import START

REPLY = ReplyCame(id="1", about=About(), sender="+12126600001", recipient="", text="START", at=START)


class Together:
    """A store whose first writes fail with what was written beside them; `asked`: the use case of each."""

    def __init__(self, *errors: StoreError) -> None:
        self.errors, self.asked = list(errors), list[str]()

    async def write(self, job: Any, *, patient: bool = False) -> Any:
        self.asked.append(job.func.__name__)
        if self.errors:
            raise self.errors.pop(0)
        return Took()


def took(store: Any) -> Took:
    answering = Answering(
        answers=NO_ANSWERS, words=shipped_reply_words(), new_id=lambda: pytest.fail("nothing is answered")
    )
    reception = Reception(store, VirtualClock(START), {"smsc": answering}, "US")
    return asyncio.run(reception.take("smsc", Channel.SMS, REPLY, on_wire=()))


def test_what_failed_with_others_is_written_by_itself() -> None:
    store = Together(StoreError("the value of another job is no text"))
    took(store)
    assert store.asked == ["take_event", "take_event"]


def test_what_fails_by_itself_too_is_set_aside() -> None:
    store = Together(*(StoreError("the value is no text") for _ in range(2)))
    took(store)
    assert store.asked == ["take_event", "take_event", "set_aside"]


@pytest.mark.parametrize("before", [0, 1])
def test_what_may_pass_is_brought_again(before: int) -> None:
    store = Together(*(StoreError("no text") for _ in range(before)), StoreError("the disk is full", may_pass=True))
    with pytest.raises(StoreError, match="full"):
        took(store)
    assert "set_aside" not in store.asked
