"""Reading a filter, with errors that point at the place. The parser is Lark's (LALR); this is its only home.

Not here: what the parts mean (tree.py). A text that is an ISO date is a date, and is compared as one.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer
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

MAX_LENGTH = 4000
"""Longest filter, in characters; deeper nesting than this allows would exhaust the reader."""

_MAX_DEPTH = 50

_GRAMMAR = r"""
?start: or
?or: and ("or"i and)*
?and: not ("and"i not)*
?not: "not"i not -> negation | condition | "(" or ")"
?condition: of OP value -> compare
    | of "in"i "(" value ("," value)* ")" -> one_of
    | of "not"i "in"i "(" value ("," value)* ")" -> none_of
    | of "between"i value "and"i value -> between
    | of "not"i "between"i value "and"i value -> not_between
    | of "like"i STRING -> like
    | of "not"i "like"i STRING -> not_like
    | of "is"i "empty"i -> empty
    | of "is"i "not"i "empty"i -> not_empty
?of: AGE "(" field ")" -> age | field
field: NAME | QUOTED
?value: STRING -> string | NUMBER -> number | "true"i -> true | "false"i -> false | today
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
"""

_NAMES = {
    "NAME": "a field's name",
    "QUOTED": "a field's name",
    "AGE": "age(field)",
    "TODAY": "today()",
    "STRING": "a text in 'single quotes'",
    "NUMBER": "a number",
    "OP": "= != < <= > >=",
    "TRUE": "true",
    "FALSE": "false",
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
        try:
            return date.fromisoformat(text) if len(text) == 10 else text
        except ValueError:
            return text

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
_PARSER = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=True)


@lru_cache(maxsize=256)
def read_filter(text: str) -> Filter:
    """A filter from its text.

    Raises BadInputError naming line and column, showing the place behind a », and saying what could stand there.
    """
    if len(text) > MAX_LENGTH:
        raise BadInputError(f"the filter is {len(text)} characters long", hint=f"at most {MAX_LENGTH} are read")
    if not text.strip():
        raise BadInputError("the filter is empty", hint="leave the key out to keep every contact")
    if text.count("(") > _MAX_DEPTH or text.casefold().count("not ") > _MAX_DEPTH:
        raise BadInputError("the filter is nested too deeply", hint=f"use at most {_MAX_DEPTH} parentheses and nots")
    try:
        tree = _Build().transform(_PARSER.parse(text))
    except UnexpectedInput as error:
        raise _complaint(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, BadInputError):
            raise error.orig_exc from None
        raise
    return tree


def _complaint(error: UnexpectedInput, text: str) -> BadInputError:
    wanted = getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None)
    expected = sorted({_NAMES.get(name, name.lower()) for name in wanted or ()})
    if isinstance(error, UnexpectedEOF) or error.line < 1 or getattr(error, "token", Token("", "x")).type == "$END":
        lines = text.splitlines() or [""]
        line, column, what = len(lines), len(lines[-1]) + 1, "it ends too early"
    else:
        line, column = error.line, error.column
        what = "a text is not closed" if _is_unclosed(error, text) else "this cannot stand here"
    shown = (text.splitlines() or [""])[line - 1]
    before, after = shown[max(0, column - 41) : column - 1], shown[column - 1 : column + 39]
    return BadInputError(
        f"line {line}, column {column}: {what}: {before}»{after}", hint=f"expected: {'  '.join(expected)}"
    )


def _is_unclosed(error: UnexpectedInput, text: str) -> bool:
    return isinstance(error, UnexpectedCharacters) and text[error.pos_in_stream or 0] in "'\""
