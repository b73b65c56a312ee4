"""A statement says the same to PostgreSQL, and what stands in quotes stays as it is."""

from __future__ import annotations

import pytest

from dialerd.adapters.postgres.dialect import in_order, translated


@pytest.mark.parametrize(
    ("sql", "given", "text", "values"),
    [
        ("SELECT a FROM t WHERE b = ? AND c = ?", (1, 2), "SELECT a FROM t WHERE b = $1 AND c = $2", [1, 2]),
        ("SELECT :a, :b, :a", {"a": 1, "b": 2, "c": 3}, "SELECT $1, $2, $1", [1, 2]),
        ("SELECT ?1 + ?1", (7,), "SELECT $1 + $1", [7]),
        (
            "SELECT '?', ':a', \"x:y\", 'it''s ?' -- ?\n, ?",
            (1,),
            "SELECT '?', ':a', \"x:y\", 'it''s ?' -- ?\n, $1",
            [1],
        ),
        ("a < :x OR :x IS NULL", {"x": None}, "a < $1 OR TRUE", [None]),
        ("a < :x OR :x IS NULL", {"x": 3}, "a < $1 OR FALSE", [3]),
        ("iif(? IS NOT NULL, 1, ?)", (3, 4), "iif(TRUE, 1, $1)", [4]),
        ("x IS 'filter' AND y IS NOT ?", (1,), "x IS NOT DISTINCT FROM 'filter' AND y IS DISTINCT FROM $1", [1]),
        ("x IS NULL AND y IS NOT NULL AND z IS TRUE", (), "x IS NULL AND y IS NOT NULL AND z IS TRUE", []),
        ("a FROM b INDEXED BY c_d WHERE e", (), "a FROM b  WHERE e", []),
        ("FROM a CROSS JOIN b ON a.x = b.x", (), "FROM a JOIN b ON a.x = b.x", []),
        ("INSERT OR IGNORE INTO t VALUES (?)", (1,), "INSERT INTO t VALUES ($1) ON CONFLICT DO NOTHING", [1]),
        ("CAST(value AS INTEGER), CAST(a.b AS TEXT)", (), 'CAST(value AS bigint), (CAST(a.b AS TEXT) COLLATE "C")', []),
        ("SELECT user.id FROM user", (), 'SELECT "user".id FROM "user"', []),
        ("DELETE FROM user WHERE name = :user", {"user": 1}, 'DELETE FROM "user" WHERE name = $1', [1]),
    ],
)
def test_a_statement_is_said_in_postgresqls_words(sql: str, given: object, text: str, values: list[object]) -> None:
    assert translated(sql).filled(given) == (text, values)  # type: ignore[arg-type]


def test_rows_that_differ_in_what_is_null_keep_their_order() -> None:
    statement = translated("SELECT ? IS NULL, ?")
    rows = [(None, 1), (None, 2), (5, 3), (None, 4)]
    said = in_order(rows, statement)
    assert [text for text, _ in said] == ["SELECT TRUE, $1", "SELECT FALSE, $1", "SELECT TRUE, $1"]
    assert [values for _, group in said for values in group] == [[1], [2], [3], [4]]
