"""The database on a PostgreSQL server: several machines reach it, one daemon at a time dials from it.

The statements are those of adapters/sql, said in PostgreSQL's words (dialect.py). Not here: what a daemon does while it
stands by (storehouse.py).
"""

from dialerd.adapters.postgres.connection import check
from dialerd.adapters.postgres.lease import Lease
from dialerd.adapters.postgres.store import PostgresStore
from dialerd.adapters.postgres.takingin import take_in
from dialerd.adapters.postgres.turn import ProvenTurn

__all__ = ["Lease", "PostgresStore", "ProvenTurn", "check", "take_in"]
