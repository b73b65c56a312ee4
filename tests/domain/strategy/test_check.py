"""What a strategy is refused for, and where in its file."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.errors import BadInputError
from dialerd.domain.retry import RetryAt
from dialerd.domain.strategy import END, Ending, GoOn, drawing, examine, next_step, plan_of, read_strategy

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
        ("wait_min = 60", "wait_min = " + "6" * 5000, 20, "digits"),
        ("[[step]]", "[[step", 3, "is not TOML"),
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


def one_case(dice: random.Random) -> str:
    """A file with some lines taken out, doubled, moved or spoilt: refused with a line of it, or whole in every way."""
    lines = GOOD.splitlines()
    for _ in range(dice.randrange(1, 6)):
        at, what = dice.randrange(len(lines)), dice.randrange(5)
        match what:
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, dice.choice(GOOD.splitlines()))
            case 2:
                lines[at] = lines[at].replace(dice.choice('aeo"= []'), dice.choice(["", '"', "[", "1", "\\", "é"]))
            case 3:
                lines.insert(
                    at, dice.choice(['do = "go"', 'step = "call"', 'on = "sent"', "max = 2", 'channel = "agent"'])
                )
            case _:
                lines[at] = "".join(chr(dice.randrange(32, 1000)) for _ in range(dice.randrange(20)))
        lines = lines or ["x"]
    strategy, wrong = examine("\n".join(lines))
    if wrong:
        assert all(1 <= each.line <= len(lines) + 1 for each in wrong)
        return "refused"
    assert strategy is not None
    assert read_strategy(strategy.as_table(), source="again") == strategy
    assert drawing(strategy).as_dot()
    plan, at_step, seen = plan_of(strategy, max_attempts=100), strategy.step[0].name, Counter[tuple[str, str]]()
    for n in range(1, 101):
        code = dice.choice(["no_answer", "busy", "sent", "undelivered", "answered_human", "own_code"])
        end = Ending(
            code=code,
            spent=True,
            attempts_spent=n,
            at_step=sum(count for (step, _), count in seen.items() if step == at_step) + 1,
            same_before=seen[at_step, code],
        )
        seen[at_step, code] += 1
        onward = next_step(plan, at_step, end, datetime(2026, 12, 1, tzinfo=UTC))
        if isinstance(onward, GoOn) and onward.step != END:
            at_step = onward.step
        elif not isinstance(onward, RetryAt):
            return "accepted"
    raise AssertionError("a hundred attempts and no end")


@pytest.mark.parametrize("seed", range(5))
def test_a_spoilt_file_is_refused_with_its_line_or_makes_sense(seed: int) -> None:
    assert {one_case(random.Random(1000 * seed + n)) for n in range(60)} >= {"refused"}


def test_a_drawing_shows_each_step_with_the_outcomes_that_lead_on() -> None:
    strategy, _ = examine(GOOD)
    assert strategy is not None
    dot = drawing(strategy).as_dot()
    assert '"step:call" -> "step:call" [label="no_answer, once, after 30 min"];' in dot
    assert '"step:call" -> "step:text" [label="no_answer"];' in dot
    assert '"step:text" -> "finish" [label="otherwise" style=dashed];' in dot
