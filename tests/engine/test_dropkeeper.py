"""Watched folders: complete files are taken once, hostile ones never opened, and a death in between loses nothing."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dialerd.adapters.files import DropFolder
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.errors import AlreadyExistsError, IllegalActionError, NotFoundError, StoreError
from dialerd.engine import DropKeeper
from dialerd.ports import Timer, Unit
from dialerd.usecases import columnmaps, drops, lists

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
GOOD = "number,name\n2122660001,Ann\n2122660002,Bob\n"


class Hand:
    """A clock that is moved by hand; nothing here sleeps."""

    at = NOW

    def now(self) -> datetime:
        return self.at

    def steady(self) -> float:
        return 0.0

    async def sleep(self, delay_s: float) -> None:
        raise asyncio.CancelledError

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        raise NotImplementedError


class Watch:
    """A list with a watched folder, and a daemon's keeper that is told when to look."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(exist_ok=True)
        self.store = SqliteStore.in_memory()
        self.clock = Hand()
        self.pokes = 0
        self.write(lambda unit: lists.create_list(unit, "l", region="US", actor="t", now=NOW))
        self.write(lambda unit: drops.watch_folder(unit, "l", str(folder), map_name=None, actor="t", now=NOW))
        self.start()

    def start(self) -> None:
        """A new daemon, which remembers nothing."""
        self.keeper = DropKeeper(self.store, self.clock, DropFolder, self.poke)

    def poke(self) -> None:
        self.pokes += 1

    def write(self, job: Callable[[Unit], Any]) -> Any:
        return asyncio.run(self.store.write(job))

    def drop(self, name: str | bytes, text: str = GOOD) -> Path:
        path = Path(os.fsdecode(os.path.join(os.fsencode(self.folder), os.fsencode(name))))
        path.write_text(text)
        return path

    def look(self, times: int = 2) -> None:
        for _ in range(times):
            asyncio.run(self.keeper.look())
            self.clock.at += timedelta(seconds=5)

    @property
    def contacts(self) -> int:
        return self.write(lambda unit: lists.get_list(unit, "l").contacts)  # type: ignore[no-any-return]

    def names(self, inner: str) -> list[str]:
        return sorted(os.listdir(self.folder / inner)) if (self.folder / inner).is_dir() else []

    def report(self, inner: str) -> dict[str, Any]:
        (name,) = [each for each in self.names(inner) if each.endswith(".report.json")]
        return json.loads((self.folder / inner / name).read_text())  # type: ignore[no-any-return]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    made = Watch(tmp_path / "drop")
    yield made
    asyncio.run(made.store.close())


def test_a_dropped_file_is_imported_once_with_its_report_beside_it(watch: Watch) -> None:
    watch.drop("customers.csv", GOOD + "bad,Cid\n")
    watch.look()
    stem = "20260302T150005-customers.csv"
    assert watch.names("taken") == [stem, stem + ".rejected.csv", stem + ".report.json"]
    report = watch.report("taken")
    kept = {key: report[key] for key in ("list", "file", "state", "added", "rejected", "encoding", "delimiter")}
    assert kept == {
        "list": "l",
        "file": stem,
        "state": "done",
        "added": 2,
        "rejected": 1,
        "encoding": "utf-8",
        "delimiter": ",",
    }
    assert report["first_rejected"][0]["line"] == 4
    assert (watch.folder / "taken" / (stem + ".rejected.csv")).read_text().splitlines()[1].startswith("4,number,bad,")
    assert watch.pokes == 1
    watch.look(3)
    assert (watch.contacts, len(watch.names("taken"))) == (2, 3)


def test_a_file_that_grows_is_left_until_two_looks_find_it_alike(watch: Watch) -> None:
    path = watch.drop("c.csv", "number,name\n")
    for row in ("2122660001,Ann\n", "2122660002,Bob\n"):
        watch.look(1)
        with path.open("a") as handle:
            handle.write(row)
    watch.look(1)
    assert (watch.contacts, path.exists()) == (0, True)
    watch.look(1)
    assert (watch.contacts, path.exists()) == (2, False)


def test_a_file_that_changes_between_the_look_and_the_claim_is_given_back(watch: Watch) -> None:
    path = watch.drop("c.csv")

    async def claim_late() -> tuple[str | None, str | None]:
        folder = DropFolder(str(watch.folder))
        (seen,) = await folder.look()
        path.write_text(GOOD + "2122660003,Cid\n")
        changed = await folder.take(seen, NOW)
        path.unlink()
        return changed, await folder.take(seen, NOW)

    assert asyncio.run(claim_late()) == (None, None)


@pytest.mark.parametrize("name", [".c.csv", "c.csv.part", "c.csv.tmp", "c.csv.filepart"])
def test_an_upload_under_another_name_is_left_until_it_is_renamed(watch: Watch, name: str) -> None:
    path = watch.drop(name)
    watch.look(3)
    assert watch.contacts == 0
    path.rename(watch.folder / "c.csv")
    watch.look()
    assert watch.contacts == 2


@pytest.mark.parametrize("text", ["", "name\nAnn\n", "number\nx\ny\n", "number\n", "PK\x03\x04"])
def test_a_file_that_cannot_be_used_is_set_aside_with_the_reason(watch: Watch, text: str) -> None:
    watch.drop("c.csv", text)
    watch.look()
    assert watch.names("taken") == []
    assert "20260302T150005-c.csv" in watch.names("rejected")
    report = watch.report("rejected")
    assert report["state"] == "rejected"
    assert report["reason"]
    assert watch.contacts == 0


def test_a_daemon_that_was_killed_takes_the_file_up_again_and_adds_nothing_twice(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.drop("c.csv", "number\n" + "".join(f"212266{n:04d}\n" for n in range(600)))
    put, left = watch.store.write, 2

    async def die_in_the_middle(job: Callable[[Unit], Any]) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise StoreError("the power is gone")
        return await put(job)

    with monkeypatch.context() as patched:
        patched.setattr(watch.store, "write", die_in_the_middle)
        watch.look()
    halfway = watch.contacts
    assert 0 < halfway < 600
    assert [name for name in watch.names("taken") if name.endswith("c.csv")] == ["20260302T150005-c.csv"]
    watch.start()
    watch.look(1)
    assert watch.contacts == 600
    report = watch.report("taken")
    assert (report["state"], report["added"], report["already_there"]) == ("done", 600 - halfway, halfway)


def test_a_file_whose_rejection_was_cut_off_is_rejected_once(watch: Watch) -> None:
    taken, rejected = watch.folder / "taken", watch.folder / "rejected"
    taken.mkdir()
    rejected.mkdir()
    (taken / "20260302T140000-c.csv").write_text("name\n")
    (rejected / "20260302T140000-c.csv.report.json").write_text("{}")
    watch.look(2)
    assert watch.names("taken") == []
    assert watch.report("rejected")["state"] == "rejected"


def link(path: Path) -> None:
    secret = path.parent.parent / "secret.csv"
    secret.write_text(GOOD)
    path.symlink_to(secret)


def loop(path: Path) -> None:
    path.symlink_to(path)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def door(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.parametrize("make", [link, loop, pipe, door])
def test_links_pipes_and_sockets_are_set_aside_and_never_opened(watch: Watch, make: Callable[[Path], None]) -> None:
    make(watch.folder / "c.csv")
    watch.drop("good.csv")
    watch.look()
    assert watch.names("rejected") == ["20260302T150000-c.csv", "20260302T150000-c.csv.report.json"]
    assert watch.report("rejected")["file"] == "c.csv"
    assert watch.contacts == 2, "the file beside it is imported"
    assert watch.report("taken")["added"] == 2


def test_folders_and_files_with_a_second_name_are_left_alone(watch: Watch) -> None:
    (watch.folder / "sub.csv").mkdir()
    (watch.folder.parent / "secret.csv").write_text(GOOD)
    os.link(watch.folder.parent / "secret.csv", watch.folder / "c.csv")
    watch.look(3)
    assert (watch.contacts, watch.names("rejected")) == (0, [])
    assert sorted(os.listdir(watch.folder)) == ["c.csv", "sub.csv", "taken"]


@pytest.mark.parametrize("inner", ["taken", "rejected"])
def test_a_link_in_place_of_our_folder_leads_nowhere(watch: Watch, inner: str) -> None:
    outside = watch.folder.parent / "outside"
    outside.mkdir()
    (watch.folder / inner).symlink_to(outside)
    watch.drop("c.csv", "name\n")
    watch.look(3)
    assert os.listdir(outside) == []
    (watch.folder / inner).unlink()
    watch.look(2)
    assert "c.csv" in watch.names("rejected")[0]


@pytest.mark.parametrize(
    "name",
    [
        "-rf.csv",
        "a b\n$(id).csv",
        "\x1b[2J.csv",
        b"\xff\xfe.csv",
        "ł" * 100 + ".csv",
        "n" * 251 + ".csv",
        "c.report.json",
        "c.rejected.csv",
        "%s%n{}",
    ],
)
def test_a_strange_name_is_replaced_and_its_file_imported(watch: Watch, name: str | bytes) -> None:
    watch.drop(name)
    watch.look()
    assert watch.contacts == 2
    for each in watch.names("taken"):
        assert set(each) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert watch.report("taken")["added"] == 2
    watch.start()
    watch.look()
    assert len(watch.names("taken")) == 2, "it is finished"


def test_two_files_of_one_name_are_both_imported(watch: Watch) -> None:
    watch.drop("c.csv", "number\n2122660001\n")
    watch.look()
    watch.clock.at = NOW
    watch.drop("c.csv", "number\n2122660002\n")
    watch.look()
    assert watch.contacts == 2
    assert [name for name in watch.names("taken") if name.endswith(".csv")] == [
        "20260302T150005-c.csv",
        "20260302T150005.2-c.csv",
    ]


def test_a_folder_that_is_gone_does_not_keep_others_from_being_looked_into(watch: Watch) -> None:
    other = watch.folder.parent / "other"
    other.mkdir()
    watch.write(lambda unit: lists.create_list(unit, "a", region="DE", actor="t", now=NOW))
    gone = str(watch.folder.parent / "gone")
    watch.write(lambda unit: drops.watch_folder(unit, "a", gone, map_name=None, actor="t", now=NOW))
    watch.drop("c.csv")
    watch.look()
    assert watch.contacts == 2
    assert not Path(gone).exists()


def test_files_are_read_by_the_folders_mapping(watch: Watch) -> None:
    columns = ColumnMap(columns={"number": "Telefon"}, region="DE", delimiter=";")
    watch.write(lambda unit: columnmaps.put_column_map(unit, "m", columns, actor="t", now=NOW))
    watch.write(lambda unit: drops.watch_folder(unit, "l", str(watch.folder), map_name="m", actor="t", now=NOW))
    watch.drop("c.csv", "Telefon;Notiz\n030 901820;x\n")
    watch.look()
    (row,) = watch.write(lambda unit: unit.contacts.find("+4930901820"))
    assert row.contact.attributes == {}
    with pytest.raises(IllegalActionError, match="folder of list l"):
        watch.write(lambda unit: columnmaps.remove_column_map(unit, "m", actor="t", now=NOW))


def test_a_folder_belongs_to_one_list_and_a_list_has_one_folder(watch: Watch) -> None:
    watch.write(lambda unit: lists.create_list(unit, "a", region="US", actor="t", now=NOW))
    with pytest.raises(AlreadyExistsError, match="watched for list l"):
        watch.write(lambda unit: drops.watch_folder(unit, "a", str(watch.folder), map_name=None, actor="t", now=NOW))
    watch.write(lambda unit: drops.watch_folder(unit, "l", "/elsewhere", map_name=None, actor="t", now=NOW))
    watch.drop("c.csv")
    watch.look(3)
    assert watch.contacts == 0
    assert watch.write(lambda unit: drops.stop_watching(unit, "l", actor="t", now=NOW)) == "/elsewhere"
    with pytest.raises(NotFoundError, match="no watched folder"):
        watch.write(lambda unit: drops.stop_watching(unit, "l", actor="t", now=NOW))


def test_a_large_file_is_read_in_a_process_of_its_own(watch: Watch) -> None:
    numbers = [f"{2123000000 + n * 7}" for n in range(8_000)]
    watch.drop("c.csv", "number,note\n" + "".join(f"{number},{'some text for the size ' * 4}\n" for number in numbers))
    watch.look()
    report = watch.report("taken")
    assert (report["added"] + report["rejected"], watch.contacts) == (8_000, report["added"])
    assert watch.pokes == 32
