"""What is only looked at: trunks, regulation packs, recordings.

Not here: the meters of a campaign (campaigns.py).
"""

from __future__ import annotations

from datetime import date, datetime

from dialerd.domain.recording import FORMAT
from dialerd.domain.regulation import Pack
from dialerd.domain.user import Right
from dialerd.ports import ListedRecording
from dialerd.usecases.recordings import list_recordings as use_recordings
from dialerd.web.binding import Ask, Model, Moment, Route
from dialerd.web.paging import Asked, Page, page
from dialerd.web.resources.campaigns import Table
from dialerd.web.resources.reach import campaigns_of


class TrunkShown(Model):
    trunk: str
    asterisk: list[str]
    endpoint: str
    max_channels: int
    calls_per_second: float
    caller_ids: list[str]


class PackListed(Model):
    pack: str
    title: str
    version: str
    checked_on: date
    includes: list[str]
    rules: list[str]


class RecordingShown(Model):
    """`file` is within the folder of recordings of its Asterisk."""

    recording: str
    file: str
    asterisk: str
    attempt_id: str
    campaign: str
    number: str
    agent: str | None
    asked_by: str
    started_at: datetime
    ended_at: datetime | None
    duration_s: float | None
    trouble: str


class RecordingsAsked(Asked):
    campaign: str | None = None
    attempt: str | None = None
    since: Moment | None = None


def list_trunks(ask: Ask[None, None]) -> list[TrunkShown]:
    """The ways out that the settings name, with their limits."""
    return [
        TrunkShown(
            trunk=each.name,
            asterisk=list(each.servers),
            endpoint=each.endpoint,
            max_channels=each.max_channels,
            calls_per_second=each.calls_per_second,
            caller_ids=list(each.caller_ids),
        )
        for each in ask.house.trunks.values()
    ]


def list_packs(ask: Ask[None, None]) -> list[PackListed]:
    """The regulation packs that a campaign can name."""
    return [_pack(each) for _, each in sorted(ask.house.rulebook.packs.items())]


def show_pack(ask: Ask[None, None]) -> Table:
    """One pack's rules with their sources."""
    (pack, *_) = ask.house.rulebook.of((ask.path["name"],))
    return pack.model_dump(mode="json", by_alias=False)


def list_recordings(ask: Ask[RecordingsAsked, None]) -> Page[RecordingShown]:
    """Which calls were recorded, the latest first."""
    asked = ask.query
    found = use_recordings(
        ask.unit,
        campaign=asked.campaign,
        attempt_id=asked.attempt,
        since=asked.since,
        within=campaigns_of(ask.unit, ask.person),
        after=asked.after_moment(str),
        limit=asked.limit + 1,
    )
    return page(found, asked, key=lambda each: (each.recording.started_at, each.recording.name), show=_recording)


def _pack(pack: Pack) -> PackListed:
    return PackListed(
        pack=pack.name,
        title=pack.title,
        version=pack.version,
        checked_on=pack.checked_on,
        includes=list(pack.includes),
        rules=[rule.id for rule in pack.rules],
    )


def _recording(each: ListedRecording) -> RecordingShown:
    row = each.recording
    return RecordingShown(
        recording=row.name,
        file=f"{row.name}.{FORMAT}",
        asterisk=row.asterisk,
        attempt_id=row.attempt_id,
        campaign=each.campaign,
        number=each.number,
        agent=each.agent or None,
        asked_by=row.asked_by,
        started_at=row.started_at,
        ended_at=row.ended_at,
        duration_s=row.duration_s,
        trouble=row.trouble,
    )


ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/api/trunks", do=list_trunks, right=Right.SEE),
    Route(method="GET", path="/api/regulations", do=list_packs, right=Right.SEE),
    Route(method="GET", path="/api/regulations/{name}", do=show_pack, right=Right.SEE),
    Route(method="GET", path="/api/recordings", do=list_recordings, right=Right.SEE),
)
