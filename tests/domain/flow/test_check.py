"""What is wrong with a flow is told with its line, all of it at once; what is right is accepted."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from dialerd.domain.errors import BadInputError
from dialerd.domain.flow import begin, examine, read_flow, step
from dialerd.domain.flow.step import MAX_VISITED
from tests.domain.flow.samples import RENEWAL, complaints, random_event, random_flow, read, scene


def spoilt(*changes: tuple[str, str]) -> str:
    text = RENEWAL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_a_flow_with_one_of_everything_has_nothing_wrong() -> None:
    assert complaints(RENEWAL) == []
    assert read().queues == {"sales"}
    assert read().dispositions == {"paid"}
    assert "sorry" in read().sounds


def test_it_comes_back_from_the_database_as_it_was() -> None:
    assert read_flow(read().as_table(), source="the database") == read()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([('next = "menu"', 'next = "meun"')], ["11: node greeting: next leads to meun: no such node"]),
        ([("9 = ", "8 = "), ("optout]", "out]")], ["16: node menu: keys.8 leads to optout: no such node"]),
        ([('start = "greeting"', 'start = "hello"')], ["2: start: there is no node hello"]),
        ([(', 9 = "optout"', "")], ["75: node optout: no way leads here"]),
        ([('next = "menu"\n', "")], ["8: node greeting: next: is missing"]),
        (
            [('on_timeout = "bye"', 'on_timeout = "menu"')],
            ["21: node menu: on_timeout closes a loop in which nobody is asked anything: menu -> menu"],
        ),
        (
            [('next = "bye"\non_fail = "bye"\n\n[node.v', 'next = "bye"\non_fail = "agent"\n\n[node.v')],
            ["66: node later: on_fail closes a loop in which nobody is asked anything: agent -> later -> agent"],
        ),
        (
            [("Dear {{ first_name }}", "Dear {{ fist_name }}")],
            ["10: node greeting: fist_name is neither in attributes nor an answer of a node before"],
        ),
        (
            [("pressed {{ first_name }}", "pressed {{ choice }}"), ('on_invalid = "later"', "")],
            [],
        ),
        (
            [("pressed {{ first_name }}", "pressed {{ choice }}")],
            ["64: node later: choice has no value on some way to this node"],
        ),
        (
            [('when = "left = 0"', 'when = "lost = 0"')],
            ["47: node how: lost is neither in attributes nor an answer of a node before"],
        ),
        (
            [("no. {{ receipt }}", "card {{ account }}")],
            ["52: node paid: account is secret: it may decide a branch and be sent by POST, no more"],
        ),
        (
            [('method = "POST"\n', "")],
            ["39: node charge: account is secret: it may decide a branch and be sent by POST, no more"],
        ),
        (
            [('answer = "choice"', 'answer = "balance"')],
            [
                "17: node menu: balance is an attribute of the contact already: name it otherwise",
                "52: node paid: choice is neither in attributes nor an answer of a node before",
            ],
        ),
        (
            [('disposition = "paid"', 'disposition = "Paid!"')],
            ["53: node paid: disposition is no code: a to z, 0 to 9, _"],
        ),
        ([("9 = ", "99 = ")], ["16: node menu: keys.99: is no key of a telephone: 0 to 9, * or #"]),
        ([("tries = 2", 'tries = "2"')], ["19: node menu: tries: Input should be a valid integer"]),
        ([('do = "dnc"', 'do = "cnd"')], None),
        ([('do = "dnc"\n', "")], ["75: node optout: do: is missing"]),
        ([("max = 8", "max = 3")], ["24: node pay: min is 4, which is more than max, 3"]),
        ([("pay.example.com", "{{ first_name }}")], None),
        ([('"left = 0"', '"left == 0"')], None),
        ([('{ number = "', '{ nmber = "')], None),
        ([('queue = "sales"', 'queue = "sales"\ncontext = "c"')], None),
        ([('queue = "sales"', 'agent = "Ann Lee"')], None),
        ([('queue = "sales"', 'agent = "ann"\nmusic = "a/b"')], None),
        (
            [('queue = "sales"', 'number = "{{ account }}"')],
            [
                "58: node agent: account has no value on some way to this node",
                "58: node agent: account is secret: it may decide a branch and be sent by POST, no more",
            ],
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_is(changes: list[tuple[str, str]], said: list[str] | None) -> None:
    text = spoilt(*changes)
    found = complaints(text)
    if said is None:  # the sentence is pydantic's or the filter language's; the place is ours
        changed = next(
            n for n, (a, b) in enumerate(zip(text.splitlines(), RENEWAL.splitlines(), strict=False), 1) if a != b
        )
        tables = [n for n, line in enumerate(text.splitlines()[:changed], 1) if line.startswith("[")]
        assert [int(each.partition(":")[0]) in (changed, tables[-1]) for each in found] == [True], found
        return
    assert found == said


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = spoilt(('next = "menu"', 'next = "meun"'), ('start = "greeting"', 'start = "hello"'))
    assert [each.partition(":")[0] for each in complaints(text)] == ["2", "11"]
    text = spoilt(("tries = 2", "tries = 99"), ("max = 8", "max = 80"), ('do = "dnc"', 'do = "dnc"\nfoo = 1'))
    assert [each.partition(":")[0] for each in complaints(text)] == ["19", "30", "77"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "1: is not TOML"),
        ("a = 1\na = 2", "2: is not TOML"),
        ("", "1: name: is missing"),
        ("node = 3", "1: node: Input should be"),
        ("[node]\n[node.a]\ndo = 3", "3: node a: do"),
        ("x = " + "[" * 5000, "1: is"),
        ("#" * 1_000_001, "1: the file is longer"),
    ],
)
def test_what_is_no_flow_at_all_is_told(text: str, said: str) -> None:
    found = complaints(text)
    assert any(each.startswith(said) for each in found), found


def test_a_flow_that_the_database_cannot_vouch_for_is_refused() -> None:
    table = read().as_table()
    table["start"] = "hello"
    with pytest.raises(BadInputError, match="start: there is no node hello"):
        read_flow(table, source="the database")


def one_case(dice: random.Random) -> str:
    """A file, drawn or spoilt: it is refused with lines that exist, or a call through it ends and nothing raises."""
    text = random_flow(dice) if dice.random() < 0.6 else _spoil(dice, RENEWAL)
    spec, found = examine(text)
    if found or spec is None:
        assert found, "what is refused is complained of"
        assert all(1 <= each.line <= text.count("\n") + 1 for each in found)
        return "refused"
    assert read_flow(spec.as_table(), source="the database") == spec
    at, commands = begin(spec, scene())
    for _ in range(40 * MAX_VISITED):
        if at.is_over:
            break
        at, commands = step(spec, at, random_event(dice, at), scene())
        assert at.visited <= MAX_VISITED
    assert at.is_over or at.stage == "away", "whoever goes on pressing keys comes to an end"
    del commands
    return "walked"


def _spoil(dice: random.Random, text: str) -> str:
    lines = text.splitlines()
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(len(lines))
        match dice.randrange(5):
            case 0:
                del lines[place]
            case 1:
                lines.insert(place, lines[dice.randrange(len(lines))])
            case 2:
                words = lines[place].split(" ")
                words[dice.randrange(len(words))] = dice.choice(['"bye"', "=", "1e9", "{}", "[]", "", "\u202e", "'''"])
                lines[place] = " ".join(words)
            case 3:
                at = dice.randrange(len(lines[place]) + 1)
                lines[place] = lines[place][:at] + chr(dice.choice([0, 9, 34, 92, 123, 0x1F600])) + lines[place][at:]
            case _:
                one, two = dice.randrange(len(lines)), place
                lines[one], lines[two] = lines[two], lines[one]
    return "\n".join(lines)


def test_no_file_raises_and_no_accepted_flow_goes_on_for_ever() -> None:
    dice = random.Random(20261121)
    seen = Counter(one_case(dice) for _ in range(400))
    assert seen["walked"] > 20, "some of them must be good"
    assert seen["refused"] > 100
