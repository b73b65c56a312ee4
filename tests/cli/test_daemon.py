"""Who leads, who helps, the calls of each and its lease are told, where daemons share campaigns."""

from __future__ import annotations

from datetime import UTC, datetime

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.seat import Seat
from dialerd.usecases import figures
from tests.cli.conftest import Terminal


def test_the_daemons_are_listed_with_their_roles_and_leases(terminal: Terminal) -> None:
    assert "no daemon shares campaigns" in terminal.ok("daemon", "list").out
    seats = {
        "one": (Seat("one", "1", leads=True, host="a, process 1"), 19.9),
        "two": (Seat("two", "2", leads=False), -5),
    }
    with SqliteStore.unit(terminal.home / "dialerd.db", write=True) as unit:
        for seat, left_s in seats.values():
            unit.daemons.enter(seat, lease_s=left_s, now=datetime(2026, 3, 2, 15, 0, tzinfo=UTC))
        told = {(name, labels): value for name, labels, value in figures.read(unit)}
    one, two = terminal.ok("daemon", "list", "--json").document
    assert (one["name"], one["leads"], one["host"], one["calls"]) == ("one", True, "a, process 1", 0)
    assert (two["name"], two["leads"]) == ("two", False)
    shown = terminal.ok("daemon", "list").out
    assert "leads" in shown and "helps" in shown and "over for" in shown
    assert told["dialerd_daemon_calls", ("one", "leads")] == 0
    assert (
        told["dialerd_daemon_lease_seconds", ("two", "helps")]
        < 0
        < told["dialerd_daemon_lease_seconds", ("one", "leads")]
    )
