"""What a person can ask of recordings: to begin or end one of an agent's call, and to see which there are.

Not here: making them (engine/recordingdesk.py), the sound (Asterisk keeps it).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import AgentState, AttemptId
from dialerd.ports import ListedRecording, RecordingWish, Unit
from dialerd.usecases.agents import get_agent
from dialerd.usecases.standing import get_campaign


def record_agent(unit: Unit, name: str, *, wanted: bool, actor: str, now: datetime) -> AttemptId:
    """Record the call that an agent has now, or no more. Raises NotFoundError, and IllegalActionError for one who has
    none that a campaign has dialed."""
    row = get_agent(unit, name)
    attempt_id = row.seen.attempt_id
    if row.seen.state is not AgentState.ON_CALL or attempt_id is None:
        raise IllegalActionError(
            f"agent {name} is {row.seen.state}, and not in a call of a campaign",
            hint="recording begins and ends during a call",
        )
    unit.recordings.wish(RecordingWish(attempt_id=AttemptId(attempt_id), wanted=wanted, asked_by=f"agent {name}"))
    action = "recording_asked" if wanted else "recording_ended"
    unit.audit.add(actor=actor, action=action, subject=name, detail={"attempt_id": attempt_id}, now=now)
    return AttemptId(attempt_id)


def list_recordings(
    unit: Unit,
    *,
    campaign: str | None,
    attempt_id: str | None,
    since: datetime | None,
    within: Collection[str] | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> Sequence[ListedRecording]:
    """The latest first. `within`: of these campaigns only; None: of all; `after`: beginning and name of the last one
    that was seen. Raises NotFoundError for a campaign that is not there."""
    if campaign is not None:
        get_campaign(unit, campaign)
    return unit.recordings.listed(
        campaign=campaign, attempt_id=attempt_id, since=since, within=within, after=after, limit=limit
    )
