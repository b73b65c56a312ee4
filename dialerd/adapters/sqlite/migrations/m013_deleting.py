"""A walk along the entries of one named do-not-call list, so that it is deleted in short chunks.

Not here: the lists (m001_first.py). The global list is never deleted and stays out: it has the millions.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m013_deleting(db: Database) -> None:
    run_script(db, _DELETING)


_DELETING = """
CREATE INDEX dnc_entry_named ON dnc_entry(list_id, number) WHERE list_id > 1;
"""
