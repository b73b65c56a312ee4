"""How many entries each do-not-call list has, kept as they change; how far a run is scrubbed.

Not here: the lists themselves (m001_first.py). Counting ten million entries for every `dnc lists` would take seconds.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m012_dnc(db: Database) -> None:
    run_script(db, _DNC)


# scrub_after: the number after which the scrub goes on, '' at its beginning; NULL: nothing is to be scrubbed.
_DNC = """
ALTER TABLE dnc_list ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
UPDATE dnc_list SET entries = (SELECT count(*) FROM dnc_entry WHERE list_id = dnc_list.id);
CREATE TRIGGER dnc_entry_added AFTER INSERT ON dnc_entry BEGIN
  UPDATE dnc_list SET entries = entries + 1 WHERE id = NEW.list_id;
END;
CREATE TRIGGER dnc_entry_removed AFTER DELETE ON dnc_entry BEGIN
  UPDATE dnc_list SET entries = entries - 1 WHERE id = OLD.list_id;
END;
ALTER TABLE run ADD COLUMN scrub_after TEXT;
"""
