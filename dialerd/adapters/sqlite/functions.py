"""The functions that filters use, made known to each connection: Python's own, so that SQL and Python say the same.

Not here: what they do (domain/filters/values.py), the SQL that calls them (adapters/sql/filters.py).
"""

from __future__ import annotations

import sqlite3

from dialerd.domain.filters import age_days, date_of, is_like, number_of


def make_known(connection: sqlite3.Connection) -> None:
    """Teach a connection the functions that filters use."""
    connection.create_function("number_of", 1, number_of, deterministic=True)
    connection.create_function("date_of", 1, date_of, deterministic=True)
    connection.create_function("age_days", 2, age_days, deterministic=True)
    connection.create_function("is_like", 2, is_like, deterministic=True)
    connection.create_function("fold", 1, lambda text: text and text.strip().casefold(), deterministic=True)
    connection.create_function("is_blank", 1, lambda text: not (text or "").strip(), deterministic=True)
