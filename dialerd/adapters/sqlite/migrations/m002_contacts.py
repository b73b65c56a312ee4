"""A walk along one list's contacts, and a mark so that a contact's id is never given to another one.

Attempts keep the contact's id after its list is deleted; SQLite would give the highest ids out again.
Not here: the contacts themselves (m001_first.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m002_contacts(db: Database) -> None:
    run_script(db, _CONTACTS)


_CONTACTS = """
CREATE INDEX contact_by_list ON contact(list_id);
CREATE TABLE contact_mark (highest INTEGER NOT NULL) STRICT;
INSERT INTO contact_mark SELECT max(coalesce((SELECT max(id) FROM contact), 0),
  coalesce((SELECT max(contact_id) FROM target), 0), coalesce((SELECT max(taken_in) FROM run), 0));
"""
