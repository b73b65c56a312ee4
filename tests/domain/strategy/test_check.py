"""What a strategy is refused for, and where in its file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.errors import BadInputError
from dialerd.domain.strategy import drawing, examine, read_strategy

GOOD = """\
name = "remind"

[[step]]
name = "call"

[[step.rule]]
on = "no_answer"
do = "retry"
max = 1
after_min = 30

[[step.rule]]
on = "no_answer"
do = "sms"

[[step]]
name = "text"
channel = "sms"
template = "sorry"
wait_min = 60

[template.sorry]
channel = "sms"
text = "Sorry to have missed you, {{ first_name }}."
"""


def test_a_strategy_is_read_and_written_back_as_it_was() -> None:
    strategy, wrong = examine(GOOD)
    assert strategy is not None
    assert wrong == ()
    assert read_strategy(strategy.as_table(), source="test") == strategy


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('name = "remind"', 'name = "Remind!"', 1, "a name is 1 to 64"),
        ('name = "remind"', 'name = "remind"\ncolour = 1', 2, "colour: unknown key"),
        ('do = "sms"', 'do = "go"\nstep = "txt"', 14, "there is no step txt"),
        ('do = "sms"', 'do = "go"', 12, 'step is for do = "go"'),
        ('do = "sms"', 'do = "email"', 14, "there is no step of channel email"),
        ('do = "sms"', 'do = "dance"', 14, "Input should be"),
        ("max = 1\n", "", 6, "needs max"),
        ('on = "no_answer"\ndo = "sms"', 'on = "do_not_call"\ndo = "sms"', 13, "do_not_call is final"),
        ('on = "no_answer"\ndo = "sms"', 'on = "delivered"\ndo = "sms"', 13, "a call never ends in delivered"),
        ('on = "no_answer"\ndo = "sms"', 'on = "No!"\ndo = "sms"', 13, "no disposition"),
        ('do = "sms"', 'do = "finish"', 17, "step text is never reached"),
        ("max = 1\n", "max = 1\n[[step.rule]]\non = 'no_answer'\ndo = 'next'\n", 16, "a rule above takes every"),
        ('name = "text"\nchannel = "sms"\n', 'name = "call"\nchannel = "sms"\n', 17, "two steps are called call"),
        ('template = "sorry"', 'template = "thanks"', 19, "there is no template thanks"),
        (
            '[template.sorry]\nchannel = "sms"',
            '[template.sorry]\nchannel = "email"\nsubject = "s"',
            19,
            "is of channel",
        ),
        ('template = "sorry"\n', "", 16, "a message needs a template"),
        ("wait_min = 60", 'wait_min = 60\notherwise = "next"', 21, "is the last one"),
        (
            "wait_min = 60",
            'wait_min = 60\n[[step.rule]]\non="sent"\ndo="go"\nstep="text"',
            16,
            "in a circle without end",
        ),
        ("wait_min = 60", 'wait_min = 60\n[[step.rule]]\non="sent"\ndo="go"\nstep="call"', 3, "call -> text -> call"),
        ("{{ first_name }}", "{{ first_name", 24, "template"),
        ("[template.sorry]", '[template.more]\nchannel="sms"\ntext="x"\n[template.sorry]', 22, "more is never used"),
        ("[[step]]", "[[step", 1, "is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    _, wrong = examine(GOOD.replace(old, new, 1) if old != "[[step" else GOOD.replace("[[step]]", "[[step"))
    assert any(each.line == line and said in each.text for each in wrong), wrong


def test_a_circle_that_a_max_bounds_is_accepted() -> None:
    bounded = GOOD.replace("wait_min = 60", 'wait_min = 60\n[[step.rule]]\non="sent"\ndo="go"\nstep="call"\nmax = 2')
    assert examine(bounded)[1] == ()


def test_what_is_stored_is_refused_with_all_that_is_wrong_at_once() -> None:
    table = {"name": "s", "step": [{"name": "a", "otherwise": "next"}, {"name": "b"}, {"name": "c"}]}
    with pytest.raises(BadInputError, match="step c is never reached") as raised:
        read_strategy(table, source="strategies.toml")
    assert raised.value.message.startswith("strategies.toml: ")


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda data: GOOD[: len(data)] + data.decode("latin-1")))
def test_no_text_breaks_the_reading(text: str) -> None:
    strategy, wrong = examine(text)
    assert strategy is not None or wrong


def test_a_drawing_shows_each_step_with_the_outcomes_that_lead_on() -> None:
    strategy, _ = examine(GOOD)
    assert strategy is not None
    dot = drawing(strategy).as_dot()
    assert '"step:call" -> "step:call" [label="no_answer, once, after 30 min"];' in dot
    assert '"step:call" -> "step:text" [label="no_answer"];' in dot
    assert '"step:text" -> "finish" [label="otherwise" style=dashed];' in dot
