"""The language of templates: the part of Jinja2 that fills attributes in, in its sandbox; the one home of Jinja2.

Not here: what a template is made of (template.py). There are no loops, calls, arithmetic or macros: an author's text
is taken from a file or, later, a page, and filling it costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from dialerd.domain.errors import BadInputError

MAX_SOURCE = 50_000
MAX_FILLED = 200_000
"""Characters; an attribute has at most a thousand (domain/contact.py)."""

CONTACT = "contact"
"""`{{ contact["First name"] }}` is an attribute whose name is no word of the language."""

_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Getitem, nodes.Filter, nodes.Test,
)  # fmt: skip
_TESTS = {"defined", "undefined"}
_RESERVED = {CONTACT, "self"}
_LARGEST = 1000
_DIGITS = 30
_DIRECTIVES = re.compile(r"(?:%[dmYyBbAaje%]|[^%]){1,100}\Z")


class _Missing(StrictUndefined):
    """Whatever is done with an attribute that is not there is an error, whose text is its name."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class TemplateText:
    """One text with places to fill in. Raises BadInputError, with the line, where it cannot be read."""

    def __init__(self, source: str) -> None:
        self._compiled = _compile(source)

    @property
    def attributes(self) -> frozenset[str]:
        """Every name in it."""
        return self._compiled.names

    def fill(self, attributes: Mapping[str, str]) -> str:
        """The text for one contact. Raises BadInputError where an attribute is missing or blank, or does not fit."""
        return _fill(self._compiled.plain, attributes)

    def fill_html(self, attributes: Mapping[str, str], ready: Mapping[str, str]) -> str:
        """The same as HTML: attributes are escaped, `ready` is HTML already."""
        return _fill(self._compiled.html, {**attributes, **{name: Markup(html) for name, html in ready.items()}})


class _Compiled:
    def __init__(self, source: str) -> None:
        self.names = _names(source)
        self.plain = _PLAIN.from_string(source)
        self.html = _HTML.from_string(source)


@lru_cache(maxsize=256)
def _compile(source: str) -> _Compiled:
    try:
        return _Compiled(source)
    except TemplateSyntaxError as error:
        raise BadInputError(f"line {error.lineno}: {error.message}", hint="correct that place") from None
    except (RecursionError, MemoryError, SyntaxError):  # of Python, which Jinja2 translates it into
        raise BadInputError("is nested too deep", hint="make it simpler") from None


def _fill(template: Any, attributes: Mapping[str, str]) -> str:
    # A blank is as good as missing: it would leave a hole in the text. `default` and `is defined` are there for it.
    present = {name: value for name, value in attributes.items() if value.strip()}
    try:
        filled: str = template.render({**present, CONTACT: present})
    except UndefinedError as error:
        raise BadInputError(
            f"the contact has no {error.message}", hint='give it one, or write {{ ...|default("...") }}'
        ) from None
    except (TypeError, ValueError, OverflowError) as error:
        raise BadInputError(
            f"does not fit the contact's attributes: {error}", hint="compare texts with texts"
        ) from None
    if len(filled) > MAX_FILLED:
        raise BadInputError(f"the text has {len(filled)} characters, {MAX_FILLED} is the most", hint="shorten it")
    return filled


def _names(source: str) -> frozenset[str]:
    """The attributes that are named. Raises BadInputError where the text uses more of Jinja2 than is allowed."""
    if len(source) > MAX_SOURCE:
        raise BadInputError(f"has {len(source)} characters, {MAX_SOURCE} is the most", hint="shorten it")
    names: set[str] = set()
    with_brackets: set[int] = set()
    for node in _PLAIN.parse(source).find_all(nodes.Node):  # outer ones before those in them
        _check(node)
        if isinstance(node, nodes.Getitem):
            names.add(_key(node))
            with_brackets.add(id(node.node))
        elif isinstance(node, nodes.Name) and id(node) not in with_brackets:
            if node.name in _RESERVED:
                _refuse(node, f"{node.name} by itself is no attribute")
            names.add(node.name)
    return frozenset(names)


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _NODES) or (isinstance(node, nodes.Name) and node.ctx != "load"):
        _refuse(node, f"{type(node).__name__} is not possible in a template")
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        _refuse(node, f"there is no filter {node.name}; there are {', '.join(sorted(_FILTERS))}")
    if isinstance(node, nodes.Test) and node.name not in _TESTS:
        _refuse(node, f"there is no test {node.name}; there are {', '.join(sorted(_TESTS))}")
    if isinstance(node, nodes.Const) and isinstance(node.value, int | float) and abs(node.value) > _LARGEST:
        _refuse(node, f"{node.value} is too large a number")


def _key(node: nodes.Getitem) -> str:
    is_contact = isinstance(node.node, nodes.Name) and node.node.name == CONTACT
    if not (is_contact and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)):
        _refuse(node, f'only {CONTACT}["name of an attribute"] has brackets')
    key: str = node.arg.value  # type: ignore[attr-defined]
    return key


def _refuse(node: nodes.Node, what: str) -> None:
    raise BadInputError(f"line {node.lineno}: {what}", hint="see the README on templates")


def _number(value: str, decimals: int = 0) -> str:
    """`{{ balance|number(2) }}`: a number with so many decimals."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise BadInputError(f"{value!r} is no number", hint="correct the contact's attribute")
    return f"{number:.{min(max(decimals, 0), 10)}f}"


def _date(value: str, form: str = "%d.%m.%Y") -> str:
    """`{{ renews|date("%B %d") }}`: a date written 2026-12-31 in another form."""
    try:
        return date.fromisoformat(str(value)).strftime(_checked_form(form))
    except ValueError:
        raise BadInputError(f"{value!r} is no date like 2026-12-31", hint="correct the contact's attribute") from None


def _checked_form(form: str) -> str:
    if not _DIRECTIVES.match(form):
        raise BadInputError(f"{form!r} is no form of a date", hint='write it like "%d.%m.%Y"')
    return form


def _environment(*, autoescape: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(autoescape=autoescape, undefined=_Missing, keep_trailing_newline=True)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in _FILTERS if name in made.filters}
    made.filters |= {"number": _number, "date": _date}
    made.tests = {name: made.tests[name] for name in _TESTS}
    return made


_FILTERS = {"capitalize", "date", "default", "lower", "number", "title", "trim", "truncate", "upper"}
_PLAIN = _environment(autoescape=False)
_HTML = _environment(autoescape=True)
