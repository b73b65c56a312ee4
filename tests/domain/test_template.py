"""Templates: what is filled in, what is an error before anything is sent, and what is not possible in one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.errors import BadInputError
from dialerd.domain.template import Template, Written, read_template
from dialerd.domain.templatetext import MAX_FILLED, TemplateText
from dialerd.domain.words import Channel

ANN = {"first_name": "Ann", "balance": "12.5", "due": "2026-12-31", "Last name": "O'Neil", "company": "  "}


PIECES = ["{{", "}}", "{%", "%}", "a", "b", "|default(", ")", "'", "~", "if", "is", "not", "1", ".", "[", "]"]


def sms(text: str) -> Template:
    return Template(channel=Channel.SMS, text=text)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {{ first_name }}!", "Hello Ann!"),
        ('{{ contact["Last name"]|upper }}', "O'NEIL"),
        ("{{ balance|number(2) }} by {{ due|date }}", "12.50 by 31.12.2026"),
        ('{{ due|date("%B %d, %Y") }}', "December 31, 2026"),
        ('{{ nickname|default("friend") }}', "friend"),
        ('{{ company|default("private") }}', "private"),  # a blank is no value
        ("{% if company is defined %}at {{ company }}{% else %}at home{% endif %}", "at home"),
        ('{% if first_name == "Ann" %}A{% endif %}B', "AB"),
        ("{{ first_name ~ '-' ~ balance }}", "Ann-12.5"),
        ("100 % & <b>", "100 % & <b>"),
    ],
)
def test_a_text_is_filled_with_the_contacts_attributes(text: str, filled: str) -> None:
    assert sms(text).write(ANN) == Written(text=filled)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {{ nickname }}", "no nickname"),
        ("Hello {{ company }}", "no company"),
        ('{{ contact["Middle name"] }}', "no Middle name"),
        ("{% if nickname %}x{% endif %}y", "no nickname"),
        ("{{ nickname|upper }}", "no nickname"),
        ("{{ nickname ~ 'x' }}", "no nickname"),
        ("{{ first_name|number }}", "'Ann' is no number"),
        ("{{ first_name|date }}", "'Ann' is no date"),
        ("{{ due|date('%s') }}", "no form of a date"),
        ("{{ balance|truncate('x') }}", "does not fit"),
        ("{% if first_name == 'Bob' %}x{% endif %} ", "empty for this contact"),
    ],
)
def test_what_would_leave_a_hole_is_an_error_before_it_is_sent(text: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        sms(text).write(ANN)


@pytest.mark.parametrize("value", ["1e999999999", "-1e-999999999", "NaN", "Infinity", "9" * 900])
def test_a_number_of_absurd_size_costs_nothing(value: str) -> None:
    with pytest.raises(BadInputError, match="is no number"):
        TemplateText("{{ n|number(2) }}").fill({"n": value})


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in a %}{% endfor %}",
        "{{ a.__class__ }}",
        "{{ a * 1000 }}",
        "{{ f() }}",
        "{{ a|replace('a', 'b') }}",
        "{{ a[0] }}",
        "{% set a = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'x' %}",
        "{% block x %}{% endblock %}",
        "{{ self }}",
        "{{ contact }}",
        "{{ [1] }}",
        "{{ a|truncate(99999) }}",
        "{{ a is sequence }}",
        "{{ a",
        "{{ " + "(" * 3000 + "a",
        "{% if a %}" * 400 + "{% endif %}" * 400,
        "x" * 50_001,
    ],
)
def test_a_template_has_no_way_to_loop_call_or_compute(source: str) -> None:
    with pytest.raises(BadInputError):
        TemplateText(source)


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_whatever_is_written_it_is_a_template_or_an_error_that_says_where(source: str) -> None:
    try:
        text = TemplateText(source)
        text.fill({"a": "1", "b": "2"})
    except BadInputError as error:
        assert str(error)


def test_a_text_that_grows_too_long_is_refused() -> None:
    with pytest.raises(BadInputError, match=f"{MAX_FILLED} is the most"):
        TemplateText("{{ a }}" * 300).fill({"a": "x" * 1000})


def test_plain_and_html_come_from_one_text_and_a_value_is_never_markup() -> None:
    template = Template(
        channel=Channel.EMAIL,
        subject="For {{ first_name }}\r\nBcc: all@example.org",
        text="Dear {{ first_name }},\n\nsee https://example.org/a?b=1&c=2.\nBye",
        html="<table>{{ content }}</table>{{ first_name }}",
    )
    written = template.write({"first_name": "<i>Ann", "content": "mine"})
    assert written.subject == "For <i>Ann Bcc: all@example.org", "no header can be put in through the subject"
    assert written.text == "Dear <i>Ann,\n\nsee https://example.org/a?b=1&c=2.\nBye"
    assert written.html == (
        "<table><p>Dear &lt;i&gt;Ann,</p>\n"
        '<p>see <a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>.<br>\nBye</p></table>'
        "&lt;i&gt;Ann"
    )
    assert template.attributes == {"first_name"}


def test_html_without_a_frame_is_a_whole_document_and_without_html_there_is_none() -> None:
    whole = Template(channel=Channel.EMAIL, subject="s", text="a & b", html=True).write({})
    assert "<!DOCTYPE html>" in whole.html and "<p>a &amp; b</p>" in whole.html
    assert Template(channel=Channel.EMAIL, subject="s", text="a").write({}).html == ""


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"channel": "voice", "text": "a"}, "a call is no message"),
        ({"channel": "fax", "text": "a"}, "channel"),
        ({"channel": "sms"}, "text: is missing"),
        ({"channel": "sms", "text": ""}, "text"),
        ({"channel": "sms", "text": "a", "subject": "b"}, "text only"),
        ({"channel": "email", "text": "a"}, "needs a subject"),
        ({"channel": "email", "text": "a", "subject": "b", "html": "<p>"}, "lacks {{ content }}"),
        ({"channel": "sms", "text": "a\n{{ b c }}"}, "text: line 2"),
        ({"channel": "sms", "text": "a", "txt": "b"}, "txt: unknown key"),
    ],
)
def test_a_wrong_template_names_its_key(table: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError, match=said) as error:
        read_template(table, source="a.toml")
    assert "a.toml" in str(error.value)
