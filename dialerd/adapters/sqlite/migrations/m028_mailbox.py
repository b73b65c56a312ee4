"""How far each route has read the mailbox that replies come to.

Not here: the replies (m033_messages.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m028_mailbox(db: Database) -> None:
    run_script(db, _MAILBOX)


_MAILBOX = """
CREATE TABLE mailbox (
  route TEXT PRIMARY KEY, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
