"""Whether a call may be transferred to a telephone number.

Not here: dialing it (engine/outside.py), which numbers the admin allows (settings).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.optout import GLOBAL_LIST
from dialerd.domain.words import AttemptId
from dialerd.ports import AttemptRow, Unit

_E164 = re.compile(r"\+[0-9]{3,15}\Z")


def check_transfer(
    unit: Unit, attempt_id: AttemptId, number: str, *, prefixes: Collection[str], now: datetime
) -> AttemptRow:
    """The attempt whose person is to be brought to a number in E.164 form.

    Raises BadInputError (it is none), IllegalActionError (no prefix allows it, or a do-not-call list that the
    campaign obeys has it), NotFoundError.
    """
    if not _E164.match(number):
        raise BadInputError(
            "a transfer's number is not + and 3 to 15 digits", hint="give it in full, like +12125550100"
        )
    if not any(number.startswith(prefix) for prefix in prefixes):
        raise IllegalActionError(
            "the settings allow no transfer to that number", hint="see prefixes of [transfer] in the settings"
        )
    attempt = unit.dialing.attempt(attempt_id)
    run = None if attempt is None else unit.runs.get(attempt.run_id)
    if attempt is None or run is None:
        raise NotFoundError(f"there is no attempt {attempt_id}", hint="its campaign may have been deleted")
    for entry in unit.dnc.check(number, now):
        if entry.list_name in (GLOBAL_LIST, run.spec.dnc):
            raise IllegalActionError(
                f"that number is on the do-not-call list {entry.list_name}", hint="transfer to another one"
            )
    return attempt
