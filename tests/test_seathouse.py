"""Daemons on one PostgreSQL: the first that shares leads, the next helps, a name is one daemon's, also that of the one
that has come to lead; and who helps leads when the turn is free."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dialerd import seathouse, storehouse
from dialerd.domain.errors import SettingsError, StoreError
from dialerd.seathouse import Place
from tests import stores
from tests.test_storehouse import URL, database


class Told:
    """Implements what is asked of ports.Supervisor."""

    def alive(self) -> None: ...

    def says(self, _status: str) -> None: ...

    def ready(self, _status: str) -> None: ...

    def stopping(self, _limit_s: float) -> None: ...


@pytest.fixture
def url() -> Iterator[str]:
    server = stores.server()
    yield server.create("seats")
    server.drop("seats")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seathouse, "_NAME_LIMIT_S", 1)
    monkeypatch.setattr(seathouse, "_LOOK_S", 0.02)
    monkeypatch.setattr(seathouse, "_JOIN_TRIES", 5)


def begun(stack: ExitStack, url: str, name: str, home: Path) -> Place:
    home.mkdir(exist_ok=True)
    given = database(home, f'url = "{url}"', 'run = "."', f'share_as = "{name}"')
    return stack.enter_context(seathouse.placed(given, Told()))


def test_the_first_leads_the_next_helps_and_each_has_an_application_of_its_own(url: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        one, two = (begun(stack, url, name, tmp_path / name) for name in ("one", "two"))
        assert (one.helps, two.helps) == (False, True)
        assert one.apps("dialerd") == {"also": "dialerd-one"}, "those of its time as a helper are its own, too"
        assert two.apps("dialerd") == {"app": "dialerd-two"}
        assert one.seat is not None and two.seat is not None
        assert one.seat.session != two.seat.session


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_name_is_one_daemons_whether_it_leads_or_helps(url: str, tmp_path: Path, name: str) -> None:
    with ExitStack() as stack:
        for each in ("one", "two"):
            begun(stack, url, each, tmp_path / each)
        with pytest.raises(StoreError, match=f"shares campaigns as {name}.*name of its own"):
            begun(stack, url, name, tmp_path / "other")


def test_who_helps_leads_when_the_turn_is_free_and_keeps_its_name(url: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        with ExitStack() as first:
            begun(first, url, "one", tmp_path / "one")
            two = begun(stack, url, "two", tmp_path / "two")
        assert two.lease is not None and two.seat is not None
        before = two.seat.session
        asyncio.run(two.promoted())
        two.lease.close()  # as the store that wrote on it does
        two.lead()
        assert (two.helps, two.seat.leads, two.seat.session == before) == (False, True, False)
        again = begun(stack, url, "one", tmp_path / "one")
        assert again.helps
        with pytest.raises(StoreError, match="shares campaigns as two"):
            begun(stack, url, "two", tmp_path / "other")


def test_who_leads_has_turn_and_name_on_a_connection_that_is_made_anew(url: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        one = begun(stack, url, "one", tmp_path / "one")
        two = begun(stack, url, "two", tmp_path / "two")
        assert one.lease is not None
        one.lease.connection().close()
        one.lease.connection()
        with pytest.raises(StoreError, match="shares campaigns as one"):
            begun(stack, url, "one", tmp_path / "other")
        assert two.helps


def test_who_ends_while_it_helps_leaves_the_turn_to_others(url: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        with ExitStack() as first:
            begun(first, url, "one", tmp_path / "one")
            two = begun(stack, url, "two", tmp_path / "two")
        asyncio.run(two.promoted())
        two.give_up()
        assert not begun(stack, url, "three", tmp_path / "three").helps


def test_who_shares_nothing_stands_by_until_the_turn_is_free(url: str, tmp_path: Path) -> None:
    given = database(tmp_path, f'url = "{url}"', 'run = "."')
    with seathouse.placed(given, Told()) as place:
        assert (place.helps, place.seat, place.apps("dialerd")) == (False, None, {"also": None})
        storehouse.check(given)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (['share_as = "one"'], "goes with url"),
        ([f'url = "{URL}"', 'share_as = "Number One"'], "share_as"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(tmp_path: Path, lines: list[str], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        database(tmp_path, *lines)
