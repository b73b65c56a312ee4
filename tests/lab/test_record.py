"""The referee is right: what it makes of the carrier's rows, and how it counts.

Not here: that the carrier writes such rows (smoke.py, on a real one).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.lab.lab import Lab
from tests.lab.ports import choose, remembered
from tests.lab.record import CarrierCall, by_number, peak_calls, peak_rate, read
from tests.lab.rootfs import LabError

START = datetime(2026, 1, 1, tzinfo=UTC)


def row(kind: str, at: float, uid: str, extra: str = "") -> str:
    quoted = extra.replace('"', '""')
    return f'"{kind}","{at:.6f}","{uid}","+12125550100","+12125550199","{quoted}"\n'


def end(source: str, cause: int = 16) -> str:
    return f'{{"hangupcause":{cause},"hangupsource":"{source}","dialstatus":""}}'


def call(start: float, stop: float | None, number: str = "1") -> CarrierCall:
    ended = None if stop is None else START + timedelta(seconds=stop)
    invited = START + timedelta(seconds=start)
    return CarrierCall(uid=f"{start}", number=number, caller_id="", invited_at=invited, ended_at=ended)


def test_a_call_is_read_with_its_times_its_cause_and_who_ended_it(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    text = [row("CHAN_START", 10, "a"), row("SIP", 10.1, "a", '{"extra":"id@host"}'), row("ANSWER", 11.5, "a")]
    path.write_text("".join([*text, row("HANGUP", 13, "a", end("PJSIP/pbx-1")), row("CHAN_END", 14, "a")]))
    (found,) = read(path)
    assert (found.answered_at, found.ended_at) == tuple(datetime.fromtimestamp(t, UTC) for t in (11.5, 13))
    assert (found.number, found.cause, found.hung_up_by, found.sip_call_id) == (
        "+12125550100",
        16,
        "caller",
        "id@host",
    )


@pytest.mark.parametrize("source", ["", "dialplan/builtin", "dialplan"])
def test_what_the_carriers_dialplan_ends_the_callee_has_ended(tmp_path: Path, source: str) -> None:
    path = tmp_path / "record.csv"
    path.write_text(row("CHAN_START", 10, "a") + row("HANGUP", 13, "a", end(source)))
    assert read(path)[0].hung_up_by == "callee"


def test_a_line_still_being_written_and_a_call_that_never_ended_are_no_error(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    path.write_text(row("CHAN_START", 10, "a") + row("HANGUP", 13, "a", end(""))[:-9])
    assert [each.ended_at for each in read(path)] == [None]


def test_calls_from_before_the_mark_are_not_in_the_record_even_if_they_end_after_it(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    path.write_text(row("CHAN_START", 10, "a"))
    mark = path.stat().st_size
    with path.open("a") as handle:
        handle.write(row("CHAN_START", 11, "b") + row("HANGUP", 12, "a", end("")))
    assert [each.uid for each in read(path, since=mark)] == ["b"]


def test_the_peak_counts_calls_that_never_ended_and_not_those_that_only_touch() -> None:
    assert peak_calls([]) == 0
    assert peak_calls([call(0, 1), call(1, 2)]) == 1
    assert peak_calls([call(0, 1.1), call(1, 2), call(0, None)]) == 3


def test_the_rate_counts_a_window_open_at_its_end() -> None:
    assert peak_rate([]) == 0
    assert peak_rate([call(0, 1), call(1, 2)]) == 1
    assert peak_rate([call(0, 1), call(0.999, 2), call(1.5, 2)]) == 2
    assert peak_rate([call(0, 1), call(0.999, 2), call(1.5, 2)], window_s=2) == 3


def test_a_number_called_twice_shows_twice() -> None:
    found = by_number([call(2, 3, "7"), call(0, 1, "7"), call(1, 2, "8")])
    assert {number: len(calls) for number, calls in found.items()} == {"7": 2, "8": 1}
    assert found["7"][0].invited_at == START


def test_labs_get_ports_apart_whatever_their_bases_and_keep_them(tmp_path: Path) -> None:
    first, second, third = (choose(tmp_path / name, base) for name, base in (("a", None), ("b", 15400), ("c", None)))
    assert len({each.rtp for each in (first, second, third)}) == 3
    assert abs(first.base - third.base) >= 20
    assert remembered(tmp_path / "b") == second
    with pytest.raises(LabError, match="a, b, c"):
        choose(tmp_path / "d", 15410)


@pytest.mark.parametrize("name", ["", "..", "a/b", "/", "-x", "a" * 33])
def test_a_name_that_could_leave_the_labs_folder_is_refused(name: str) -> None:
    with pytest.raises(LabError, match="cannot be called"):
        Lab(name)
