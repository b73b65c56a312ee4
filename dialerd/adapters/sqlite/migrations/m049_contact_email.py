"""Contacts by e-mail address: who opts out by one is found without a walk through the lists.

Not here: how an address is compared (domain/optout.py as_address; SQLite's lower knows ASCII only, so that a capital
outside it hides a contact from here, and not from the gate that holds back what is sent).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m049_contact_email(db: Database) -> None:
    run_script(db, _EMAIL)


_EMAIL = """
CREATE INDEX contact_by_email ON contact(lower(trim(json_extract(attributes, '$.email'))))
WHERE json_extract(attributes, '$.email') IS NOT NULL;
"""
