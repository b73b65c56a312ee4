"""A backup is whole or nothing and for its owner only; a restore changes all or nothing; one daemon at a time."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from dialerd.adapters.sqlite import SqliteStore, backup, check, only_daemon, restore
from dialerd.domain.errors import BadInputError, StoreError
from tests.adapters.sqlite.stored import (
    NOW,
    create_list,
    list_names,
    newer_database,
    no_database,
    other_database,
    set_up,
)


def test_a_second_daemon_is_refused_and_the_lock_falls_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with only_daemon(path), pytest.raises(StoreError, match=str(os.getpid())), only_daemon(path):
        pass
    with only_daemon(path):
        assert path.with_name("a.db.lock").exists()


def test_a_backup_of_a_database_in_use_can_be_restored(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"

    async def main() -> None:
        store = SqliteStore.open(path)
        await store.write(partial(create_list, "before"))
        backup(path, copy)
        await store.write(partial(create_list, "after"))
        await store.close()

    asyncio.run(main())
    restore(copy, path)
    with SqliteStore.unit(path, write=False) as unit:
        assert [row.name for row in unit.lists.all()] == ["before"]


@pytest.mark.parametrize("spoil", [other_database, no_database, newer_database])
def test_a_bad_backup_is_refused_and_changes_nothing(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path, bad = tmp_path / "a.db", tmp_path / "bad.db"
    with SqliteStore.unit(path, write=True) as unit:
        unit.lists.create("mine", "US", NOW)
    spoil(bad)
    with pytest.raises((StoreError, BadInputError)):
        restore(bad, path)
    with SqliteStore.unit(path, write=False) as unit:
        assert [row.name for row in unit.lists.all()] == ["mine"]


def test_a_refused_restore_leaves_no_file_behind(tmp_path: Path) -> None:
    path, bad = tmp_path / "a.db", tmp_path / "bad.db"
    with SqliteStore.unit(path, write=True) as unit:
        create_list("mine", unit)
    no_database(bad)
    with pytest.raises(StoreError):
        restore(bad, path)
    assert {each.name for each in tmp_path.iterdir()} <= {"a.db", "a.db.lock", "bad.db"}


def test_people_who_may_not_read_the_database_may_not_read_its_backup(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    check(path)
    backup(path, copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    path.chmod(0o660)  # an admin's own choice
    restore(copy, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_backup_onto_the_database_itself_is_refused_since_its_daemon_would_write_to_nowhere(tmp_path: Path) -> None:
    path, link = tmp_path / "a.db", tmp_path / "link.db"
    check(path)
    link.symlink_to(path)
    for target in (path, link):
        with pytest.raises(BadInputError, match="itself"):
            backup(path, target)
        with pytest.raises(BadInputError, match="itself"):
            restore(target, path)


def test_what_a_killed_backup_left_does_not_stop_the_next(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    with SqliteStore.unit(path, write=True) as unit:
        create_list("mine", unit)
    no_database(tmp_path / "copy.db.making")
    backup(path, copy)
    with SqliteStore.unit(copy, write=False) as unit:
        assert list_names(unit) == ["mine"]


def test_a_broken_database_can_be_restored_over(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    with SqliteStore.unit(path, write=True) as unit:
        create_list("mine", unit)
    backup(path, copy)
    no_database(path)
    path.with_name("a.db-wal").write_bytes(b"of the broken one")
    restore(copy, path)
    with SqliteStore.unit(path, write=False) as unit:
        assert list_names(unit) == ["mine"]


def test_a_restore_under_a_running_daemon_is_refused(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    check(path)
    backup(path, copy)
    with only_daemon(path), pytest.raises(StoreError, match=str(os.getpid())):
        restore(copy, path)


def test_a_newer_backup_is_refused_by_its_own_name(tmp_path: Path) -> None:
    newer_database(tmp_path / "new.db")
    with pytest.raises(StoreError, match=r"new\.db was made by a newer dialerd"):
        restore(tmp_path / "new.db", tmp_path / "a.db")
    assert not (tmp_path / "a.db").exists()


def damage(path: Path) -> None:
    """Spoil a page in the middle: the file still opens."""
    with SqliteStore.unit(path, write=True) as unit:
        set_up(unit, 500)
    check(path)
    with path.open("r+b") as handle:
        handle.seek(path.stat().st_size // 2 // 4096 * 4096)
        handle.write(b"\xff" * 4096)


def test_a_damaged_database_is_neither_backed_up_nor_restored_from(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    copy.write_bytes(b"the backup of yesterday")
    damage(path)
    with pytest.raises((BadInputError, StoreError), match=r"damaged|malformed"):
        backup(path, copy)
    assert copy.read_bytes() == b"the backup of yesterday"
    with pytest.raises((BadInputError, StoreError), match=r"damaged|malformed"):
        restore(path, tmp_path / "b.db")
    assert not (tmp_path / "b.db").exists()


def test_the_database_before_a_restore_is_kept_with_its_last_transactions(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    check(path)
    backup(path, copy)
    assert restore(copy, tmp_path / "new.db") is None
    for name in ("first", "second"):
        with SqliteStore.unit(path, write=True) as unit:
            create_list(name, unit)
        kept = restore(copy, path)
        assert kept is not None
        with SqliteStore.unit(kept, write=False) as unit:
            assert list_names(unit) == [name]
