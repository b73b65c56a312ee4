"""The filter language: which contacts of its lists a campaign is for. Kept as text, judged alike in SQL and here.

Not here: its SQL (adapters/sql/filters.py).
"""

from dialerd.domain.filters.judge import Record, first_failing, matches
from dialerd.domain.filters.parse import read_filter
from dialerd.domain.filters.tree import (
    Age,
    And,
    Between,
    Compare,
    Empty,
    Field,
    Filter,
    Like,
    Not,
    OneOf,
    Or,
    Today,
    Value,
    conditions,
    fields_of,
)
from dialerd.domain.filters.values import age_days, date_of, is_like, number_of

__all__ = [
    "Age",
    "And",
    "Between",
    "Compare",
    "Empty",
    "Field",
    "Filter",
    "Like",
    "Not",
    "OneOf",
    "Or",
    "Record",
    "Today",
    "Value",
    "age_days",
    "conditions",
    "date_of",
    "fields_of",
    "first_failing",
    "is_like",
    "matches",
    "number_of",
    "read_filter",
]
