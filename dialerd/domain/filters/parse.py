"""Reading a filter, with errors that point at the place. The parser is Lark's (LALR); this is its only home.

Not here: what the parts mean (tree.py). A text that is an ISO date is a date, and is compared as one.
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from typing import Any

from lark import Lark, Token, Transformer, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, VisitError

from dialerd.domain.errors import BadInputError
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
)
from dialerd.domain.filters.values import date_of

MAX_LENGTH = 4000
"""Longest filter, in characters."""

MAX_DEPTH = 12
"""How deep and, or, not may be nested. SQLite's parser has a stack of 100 places; a level takes up to five."""

_GRAMMAR = r"""
?start: or
?or: and (_OR and)*
?and: not (_AND not)*
?not: _NOT not -> negation | condition | "(" or ")"
?condition: of OP value -> compare
    | of _IN "(" value ("," value)* ")" -> one_of
    | of _NOT _IN "(" value ("," value)* ")" -> none_of
    | of _BETWEEN value _AND value -> between
    | of _NOT _BETWEEN value _AND value -> not_between
    | of _LIKE STRING -> like
    | of _NOT _LIKE STRING -> not_like
    | of _IS _EMPTY -> empty
    | of _IS _NOT _EMPTY -> not_empty
?of: AGE "(" field ")" -> age | field
field: NAME | QUOTED
?value: STRING -> string | NUMBER -> number | _TRUE -> true | _FALSE -> false | today
today: TODAY "(" ")" [SIGN DAYS]
SIGN: "+" | "-"
DAYS: /\d{1,5}(\s*days?\b)?/i
OP: "=" | "!=" | "<>" | "<=" | ">=" | "<" | ">"
AGE.2: /age(?=\s*\()/i
TODAY.2: /today(?=\s*\()/i
NAME: /(?!(and|or|not|in|like|is|between|true|false)\b)[^\W\d]\w*/i
QUOTED: /"[^"\\\x00-\x1f]{1,100}"/
STRING: /'(?:[^']|'')*'/
NUMBER.2: /[+-]?(\d{1,15}(\.\d{1,9})?|\.\d{1,9})/
%ignore /\s+/
_AND: /and\b/i
_OR: /or\b/i
_NOT: /not\b/i
_IN: /in\b/i
_BETWEEN: /between\b/i
_LIKE: /like\b/i
_IS: /is\b/i
_EMPTY: /empty\b/i
_TRUE: /true\b/i
_FALSE: /false\b/i
"""

_NAMES = {
    "NAME": "a field's name",
    "QUOTED": "a field's name",
    "AGE": "age(field)",
    "TODAY": "today()",
    "STRING": "a text in 'single quotes'",
    "NUMBER": "a number",
    "OP": "= != < <= > >=",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "SIGN": "+ or -",
    "DAYS": "a number of days",
    "$END": "the end",
}


class _Build(Transformer[Token, Filter]):
    """Lark's tree to ours, bottom up."""

    def field(self, items: list[Token]) -> Field:
        (token,) = items
        return Field(token[1:-1] if token.type == "QUOTED" else str(token))

    def age(self, items: list[Any]) -> Age:
        return Age(items[1])

    def string(self, items: list[Token]) -> str | date:
        text = _unquoted(items[0])
        day = date_of(text) if len(text) == 10 else None  # not date.fromisoformat: it reads 2026-W01-1 as well
        return text if day is None else date.fromisoformat(day)

    def number(self, items: list[Token]) -> float:
        return float(items[0])

    def true(self, _items: list[Token]) -> bool:
        return True

    def false(self, _items: list[Token]) -> bool:
        return False

    def today(self, items: list[Token]) -> Today:
        _, sign, days = items
        if days is None:
            return Today()
        count = int("".join(c for c in days if c.isdigit()))
        return Today(-count if sign == "-" else count)

    def compare(self, items: list[Any]) -> Filter:
        of, op, value = items
        if isinstance(of, Age) and (not isinstance(value, float)):
            raise BadInputError("age() is a number of days", hint="compare it with a number, like age(paid) > 30")
        if op in ("!=", "<>"):
            return Not(Compare(of, "=", value))
        return Compare(of, op.value, value)

    def one_of(self, items: list[Any]) -> Filter:
        of, *values = items
        return OneOf(of, _for(of, values))

    def none_of(self, items: list[Any]) -> Filter:
        return Not(self.one_of(items))

    def between(self, items: list[Any]) -> Filter:
        of, low, high = items
        low, high = _for(of, [low, high])
        if isinstance(low, bool) or isinstance(high, bool):
            raise BadInputError("between true and false means nothing", hint="use = true or = false")
        return Between(of, low, high)

    def not_between(self, items: list[Any]) -> Filter:
        return Not(self.between(items))

    def like(self, items: list[Any]) -> Filter:
        return Like(_plain(items[0]), _unquoted(items[1]))

    def not_like(self, items: list[Any]) -> Filter:
        return Not(self.like(items))

    def empty(self, items: list[Any]) -> Filter:
        return Empty(_plain(items[0]))

    def not_empty(self, items: list[Any]) -> Filter:
        return Not(self.empty(items))

    def negation(self, items: list[Any]) -> Filter:
        return Not(items[0])

    # `and` and `or` are keywords of Python, so their rules cannot be methods by name.


def _plain(of: Field | Age) -> Field:
    if isinstance(of, Age):
        raise BadInputError("age() is a number of days", hint="ask the field itself whether it is empty or like a text")
    return of


def _for(of: Field | Age, values: list[Value]) -> tuple[Value, ...]:
    if isinstance(of, Age) and not all(isinstance(value, float) for value in values):
        raise BadInputError("age() is a number of days", hint="compare it with numbers, like age(paid) > 30")
    return tuple(values)


def _unquoted(token: str) -> str:
    return token[1:-1].replace("''", "'")


setattr(_Build, "and", lambda _self, items: And(tuple(items)))
setattr(_Build, "or", lambda _self, items: Or(tuple(items)))
_PARTS = frozenset({"field", "age", "string", "number", "true", "false", "today"})


@cache
def _parser() -> Lark:
    """Made when the first filter is read: it takes as long as all else that most commands load."""
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=True)


@lru_cache(maxsize=256)
def read_filter(text: str) -> Filter:
    """A filter from its text.

    Raises BadInputError naming line and column, showing the place behind a », and saying what could stand there.
    """
    if len(text) > MAX_LENGTH:
        raise BadInputError(f"the filter is {len(text)} characters long", hint=f"at most {MAX_LENGTH} are read")
    if not text.strip():
        raise BadInputError("the filter is empty", hint="leave the key out to keep every contact")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise BadInputError("the filter is not written in UTF-8", hint="save the file, or set the terminal, to UTF-8")
    try:
        found = _parser().parse(text)
        if _is_deeper(found, MAX_DEPTH + 1):  # a condition is a level of Lark's tree as well
            raise BadInputError(
                "the filter is nested too deeply", hint=f"nest and, or, not at most {MAX_DEPTH} deep; split the list"
            )
        tree = _Build().transform(found)
    except UnexpectedInput as error:
        raise _complaint(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, BadInputError):
            raise error.orig_exc from None
        raise
    return tree


def _is_deeper(found: Tree[Token], most: int) -> bool:
    """Whether conditions and what joins them are nested deeper; level by level, as recursion would be exhausted."""
    level = [found]
    for _ in range(most):
        level = [each for tree in level for each in tree.children if isinstance(each, Tree) and each.data not in _PARTS]
        if not level:
            return False
    return True


def _complaint(error: UnexpectedInput, text: str) -> BadInputError:
    wanted = getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None)
    expected = sorted({_NAMES.get(name, name.lower().lstrip("_")) for name in wanted or ()})
    if isinstance(error, UnexpectedEOF) or error.line < 1 or getattr(error, "token", Token("", "x")).type == "$END":
        lines = text.rstrip().split("\n")
        line, column, what = len(lines), len(lines[-1]) + 1, "it ends too early"
    else:
        line, column = error.line, error.column
        what = "a text is not closed" if _is_unclosed(error, text) else "this cannot stand here"
    shown = text.split("\n")[line - 1]
    before, after = shown[max(0, column - 41) : column - 1], shown[column - 1 : column + 39]
    return BadInputError(
        f"line {line}, column {column}: {what}: {before}»{after}", hint=f"expected: {'  '.join(expected)}"
    )


def _is_unclosed(error: UnexpectedInput, text: str) -> bool:
    return isinstance(error, UnexpectedCharacters) and text[error.pos_in_stream or 0] in "'\""
