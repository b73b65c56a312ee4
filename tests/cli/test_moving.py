"""`dialerd import vicidial`: a dump taken over whole, twice, in pieces, and obeyed by the run that comes after."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dialerd import bootstrap
from dialerd.domain.campaign import read_campaign
from tests.cli.conftest import Said, Terminal
from tests.vicidial import Made, Way, usual

ZONE = ("--timezone", "America/New_York")


def local(moment: datetime) -> str:
    """As New York's clocks show it."""
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo("America/New_York")).strftime("%Y-%m-%d %H:%M:%S")


def by_lead(moment: datetime) -> str:
    """As the clock of a lead shows it whose offset is -5."""
    return (moment - timedelta(hours=5)).strftime("%Y-%m-%d %H:%M:%S")


@pytest.fixture
def made() -> Made:
    """Leads of every kind, opt-outs and callbacks; made a moment ago."""
    now = datetime.now(UTC)  # noqa: TID251  # the command's own clock is the real one
    dump = usual()
    dump.completed = local(now)
    today = by_lead(now - timedelta(minutes=5))
    long_ago = by_lead(now - timedelta(days=3))
    dump.lead(1, "2122660001", first_name="Ann")
    dump.lead(2, "2122660002", status="NA", called_count=1, last_local_call_time=today)
    dump.lead(3, "2122660003", status="NA", called_count=4, last_local_call_time=long_ago)
    dump.lead(4, "2122660004", status="SALE", called_count=1, last_local_call_time=long_ago)
    dump.lead(5, "2122660005", status="B", called_count=1, last_local_call_time=long_ago)
    dump.lead(6, "2122660006", status="DNC", called_count=1, last_local_call_time=long_ago)
    dump.lead(7, "2122660007", status="CALLBK", called_count=1, last_local_call_time=long_ago)
    dump.lead(8, "2122660008", status="HUH")
    dump.lead(9, "99")
    dump.lead(10, "2122660010", list_id=102)
    dump.lead(11, "2122660011")
    dump.add("dnc", phone_number="2122660011").add("dnc", phone_number="212XXXXXXX")
    dump.add("campaign_dnc", phone_number="2122660005", campaign_id="TESTCAMP")
    dump.add("callbacks", callback_id=1, lead_id=7, callback_time=local(now + timedelta(days=1)), comments="at ten")
    dump.add("callbacks", callback_id=2, lead_id=1, callback_time=local(now + timedelta(days=2)), recipient="USERONLY")
    dump.add("callbacks", callback_id=3, lead_id=5, callback_time=local(now - timedelta(days=90)))
    dump.add("callbacks", callback_id=4, lead_id=77, callback_time=local(now + timedelta(days=1)))
    dump.add("callbacks", callback_id=5, lead_id=2, callback_time=local(now), status="INACTIVE")
    return dump


def move_in(terminal: Terminal, dump: Made, *options: str, name: str = "asterisk.sql") -> Said:
    return terminal.type("import", "vicidial", str(dump.write(terminal.home / name)), *ZONE, *options)


def settled(terminal: Terminal, dump: Made) -> tuple[Any, Any]:
    """Moved in, the campaign applied as it was drafted, moved in again for the callbacks: both documents."""
    folder = terminal.home / "drafts"
    first = move_in(terminal, dump, "--campaigns", str(folder), "--json")
    assert first.code == 0, first
    terminal.ok("campaign", "apply", str(folder / "vicidial-testcamp.toml"))
    second = move_in(terminal, dump, "--json")
    assert second.code == 0, second
    return first.document, second.document


def rows(terminal: Terminal, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(terminal.home / "dialerd.db")) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("way", ["mysqldump", "phpmyadmin"])
def test_a_dump_comes_over_whole_however_it_is_written(terminal: Terminal, made: Made, way: Way) -> None:
    made.way = way
    first, second = settled(terminal, made)
    assert [(each["list"], each["added"], each["on_dnc"]) for each in first["lists"]] == [
        ("vicidial-101", 9, 2),
        ("vicidial-102", 1, 0),
    ]
    assert first["dnc"] == [
        {"list": "global", "added": 2, "already_there": 0},
        {"list": "vicidial-testcamp", "added": 1, "already_there": 0},
    ]
    assert first["disposition_sets"] == ["vicidial-testcamp"] and first["unmapped_statuses"] == {"HUH": 1}
    assert first["callbacks"]["to_be_made"] == 4 and first["callbacks"]["waiting_for_campaign"] == {
        "vicidial-testcamp": 3
    }
    told = {(row["column"], row["reason"].split("(")[0].strip()) for row in first["rejected_rows"]}
    assert (
        "vicidial_dnc.phone_number",
        "stands for a whole area, which no list here can: write a filter for it",
    ) in told
    assert any(column == "vicidial_list.phone_number" for column, _ in told) and first["rejected"] == len(told) == 3
    assert [each["added"] for each in second["lists"]] == [0, 0] and second["disposition_sets"] == []
    assert second["callbacks"]["added"] == 2 and second["callbacks"]["agents_missing"] == ["1001"]
    assert any("it has expired" in row["reason"] for row in second["rejected_rows"])


def test_whoever_wants_no_calls_is_barred_at_every_number_of_the_lead(terminal: Terminal) -> None:
    dump = usual()
    dump.lead(1, "2122660001", status="DNC", alt_phone="2122660066", called_count=1)
    dump.lead(2, "2122660002", alt_phone="2122660067")
    assert move_in(terminal, dump).code == 0
    barred = {number for (number,) in rows(terminal, "SELECT number FROM dnc_entry")}
    assert barred == {"+12122660001", "+12122660066"}


def abroad(order: Callable[[Made, Made], str]) -> str:
    """A region's lead and three of Britain, barred by digits that have no country's code, on three lists."""
    leads, barred = usual(), Made()
    leads.lead(1, "2122660001")
    leads.lead(2, "2079460123", phone_code="44", country_code="GBR", gmt_offset_now="0.00", state="")
    leads.lead(3, "447911123456", phone_code="44", gmt_offset_now="0.00", state="", alt_phone="02079460124")
    leads.lead(4, "2079460125", phone_code="44", gmt_offset_now="0.00", state="", alt_phone="02079460125")
    leads.lead(5, "2079460123", phone_code="44", list_id=102, gmt_offset_now="0.00", state="")
    for number in ("2122660001", "2079460123", "7911123456"):
        barred.add("dnc", phone_number=number)
    barred.add("dnc", phone_number="02079460125")  # as only the second writing of lead 4's has it
    barred.add("campaign_dnc", phone_number="2079460124", campaign_id="TESTCAMP")
    return order(leads, barred)


@pytest.mark.parametrize(
    "order", [lambda leads, barred: barred.text + leads.text, lambda leads, barred: leads.text + barred.text]
)
def test_a_do_not_call_entry_bars_whoever_has_its_digits_in_any_country(
    terminal: Terminal, order: Callable[[Made, Made], str]
) -> None:
    path = terminal.write("d.sql", abroad(order))
    dry = terminal.ok("import", "vicidial", path, *ZONE, "--dry-run", "--json").document
    said = terminal.ok("import", "vicidial", path, *ZONE, "--json").document
    barred = rows(terminal, "SELECT name, number FROM dnc_entry JOIN dnc_list ON id = list_id ORDER BY 1, 2")
    assert barred == [
        ("global", "+12079460123"),
        ("global", "+12122660001"),
        ("global", "+442079460123"),
        ("global", "+442079460125"),
        ("global", "+447911123456"),
        ("vicidial-testcamp", "+12079460124"),
        ("vicidial-testcamp", "+442079460124"),
    ]
    assert said["dnc_of_other_codes"] == dry["dnc_of_other_codes"] == {"barred": 4, "of_several_codes": 2}
    told = [row["reason"] for row in said["rejected_rows"] if row["column"] == "do not call"]
    assert len(told) == 2 and any("+12079460123, +442079460123: all are barred (lead 2)" in each for each in told)
    no_number = [row["reason"] for row in said["rejected_rows"] if row["column"] == "vicidial_dnc.phone_number"]
    said_so = ["in region US; leads that have its digits with another code are barred" in each for each in no_number]
    assert said_so == [True, True]


def test_the_same_dump_again_brings_nothing_twice(terminal: Terminal, made: Made) -> None:
    settled(terminal, made)
    tables = ("contact", "contact_past", "dnc_entry", "past_call", "callback", "disposition_set", "target", "run")
    counts = {table: rows(terminal, f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608
    again = move_in(terminal, made, "--json").document
    assert {table: rows(terminal, f"SELECT count(*) FROM {table}") for table in tables} == counts  # noqa: S608
    assert again["callbacks"]["added"] == 0 and again["callbacks"]["already_there"] == 2
    assert counts["run"] == [(0,)], "nothing is ever started"
    terminal.ok("callback", "cancel", "1", "--yes")
    assert move_in(terminal, made, "--json").document["callbacks"]["added"] == 0, "a cancelled one does not come back"


def test_another_servers_lead_of_the_same_id_has_its_own_calls_counted(terminal: Terminal) -> None:
    for number in ("2122660001", "2122660002"):
        dump = usual()
        dump.lead(1, number, status="NA", called_count=7, last_local_call_time=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}")  # noqa: TID251  # the command's own clock is the real one
        assert move_in(terminal, dump).code == 0
    counted = rows(terminal, "SELECT number, count(*) FROM past_call GROUP BY number ORDER BY number")
    assert counted == [("+12122660001", 7), ("+12122660002", 7)]


@pytest.mark.parametrize("attempts", ["all", "since-reset"])
@pytest.mark.parametrize("is_timed", [True, False])
def test_a_later_dump_adds_the_calls_that_were_made_since_and_no_other(
    terminal: Terminal, attempts: str, is_timed: bool
) -> None:
    """Also where nothing says when, which makes the calls as late as the dump; or where its lead has another list."""
    now = datetime.now(UTC)  # noqa: TID251  # the command's own clock is the real one
    counted = []
    for age_h, calls, list_id in ((72, 3, 101), (24, 5, 101), (2, 5, 102), (1, 0, 102), (1, 2, 102)):
        dump = usual()
        dump.completed = local(now - timedelta(hours=age_h - 1))
        last_at = by_lead(now - timedelta(hours=age_h)) if is_timed and calls else None
        flag, status = (f"Y{calls - 1}", "NA") if calls else ("N", "NEW")
        dump.lead(
            1, "2122660001", list_id=list_id, status=status, called_count=calls, last_local_call_time=last_at,
            called_since_last_reset=flag,
        )  # fmt: skip
        assert move_in(terminal, dump, "--attempts", attempts).code == 0
        counted += rows(terminal, "SELECT count(*) FROM past_call")
    assert [each for (each,) in counted] == [3, 5, 5, 5, 7]


def test_a_call_that_is_told_with_the_time_of_the_one_before_counts_as_well(terminal: Terminal) -> None:
    at = by_lead(datetime.now(UTC) - timedelta(days=1))  # noqa: TID251  # the command's own clock is the real one
    for calls in (3, 4, 3, 4):
        dump = usual().lead(1, "2122660001", status="NA", called_count=calls, last_local_call_time=at)
        dump.completed = local(datetime.now(UTC))  # noqa: TID251
        assert move_in(terminal, dump).code == 0
    assert rows(terminal, "SELECT count(*) FROM past_call") == [(4,)], "also where an older dump comes again"


def test_a_run_obeys_what_was_done_before(terminal: Terminal, made: Made) -> None:
    settled(terminal, made)
    text = (terminal.home / "drafts" / "vicidial-testcamp.toml").read_text()
    terminal.ok("queue", "apply", terminal.write("q.toml", 'name = "sales"\n'))
    table = 'trunk = "carrier"\nqueue = "sales"\n' + text.replace(
        'caller_id = "+12125550100"', 'caller_id = "+12125550100"'
    )
    terminal.ok("campaign", "apply", terminal.write("c.toml", table))
    terminal.ok("campaign", "run", "vicidial-testcamp")
    with bootstrap.unit(bootstrap.settings(str(terminal.home / "dialerd.toml"))[1], write=True) as unit:
        from dialerd.usecases import dialing, standing

        dialing.take_in(unit, standing.latest_run(unit, "vicidial-testcamp").id, draw=lambda: 0.5, now=bootstrap.now())
    found = {
        number: (state, spent, disposition, held)
        for number, state, spent, disposition, held in rows(
            terminal, "SELECT number, state, attempts_spent, disposition, held_by FROM target ORDER BY number"
        )
    }
    assert found == {
        "+12122660001": ("waiting", 0, None, "callback"),
        "+12122660002": ("waiting", 1, None, "retry"),  # called five minutes ago
        "+12122660003": ("done", 0, "settled_before", None),  # it has had its four calls
        "+12122660004": ("done", 0, "settled_before", None),  # a sale
        "+12122660005": ("done", 0, "do_not_call", None),
        "+12122660006": ("done", 0, "do_not_call", None),
        "+12122660007": ("waiting", 0, "settled_before", "callback"),  # only as it was promised
        "+12122660008": ("done", 0, "settled_before", None),
        "+12122660011": ("done", 0, "do_not_call", None),
    }
    status = terminal.ok("campaign", "status", "vicidial-testcamp", "--json").document
    assert (status["pending"], status["targets"], status["attempts"]) == (3, 9, 0)
    (contact,) = terminal.ok("contact", "find", "2122660003", "--json").document
    told = terminal.ok("contact", "explain", "vicidial-testcamp", str(contact["contact_id"]), "--json").document
    assert any("4 of 4 attempts were made before it came here" in gate["reason"] for gate in told["closed"])


def test_the_draft_is_a_campaign_that_says_what_to_look_at(terminal: Terminal, made: Made) -> None:
    folder = terminal.home / "drafts"
    move_in(terminal, made, "--campaigns", str(folder))
    path = folder / "vicidial-testcamp.toml"
    text = path.read_text()
    import tomllib

    spec = read_campaign(tomllib.loads(text), source="draft")
    assert (spec.mode, spec.ratio, spec.lists, spec.max_attempts) == ("power", 2, ("vicidial-101",), 4)
    assert (spec.dnc, spec.dispositions, spec.positive) == ("vicidial-testcamp", "vicidial-testcamp", ("sale",))
    assert spec.hours == {"timezone": "contact", "mon-sun": "09:00-21:00"} and spec.caller_id == "+12125550100"
    assert "# - list 102 (Old leads) is not active there and is left out" in text
    path.write_text("# mine\n" + text)
    again = move_in(terminal, made, "--campaigns", str(folder))
    assert "is left as it is" in again.err and path.read_text().startswith("# mine")


def test_a_dry_run_says_what_would_come_and_writes_nothing(terminal: Terminal, made: Made) -> None:
    before = rows(terminal, "SELECT total_changes()"), (terminal.home / "dialerd.db").read_bytes()
    dry = move_in(terminal, made, "--dry-run", "--json").document
    assert dry["dry_run"] and (terminal.home / "dialerd.db").read_bytes() == before[1]
    wet = move_in(terminal, made, "--json").document
    for each in dry["lists"] + wet["lists"]:
        del each["on_dnc"]  # the entries that come with the same dump are not there yet
    for key in ("lists", "dnc", "disposition_sets", "unmapped_statuses", "callbacks", "campaigns", "rejected_rows"):
        assert dry[key] == wet[key], key


def test_broken_rows_go_to_the_report_and_lose_nothing_else(terminal: Terminal, made: Made) -> None:
    path = made.write(terminal.home / "broken.sql", encoding="utf-8")
    path.write_text(path.read_text().replace("(3,'2026-01-05", "(3,'one more','2026-01-05", 1))
    report = terminal.home / "bad.csv"
    said = terminal.ok("import", "vicidial", str(path), *ZONE, "--report", str(report), "--json").document
    assert [each["added"] for each in said["lists"]] == [8, 1]
    text = report.read_text()
    assert "has 36 values where the table has 35 columns" in text and "is not a valid number" in text


def test_a_packed_dump_in_latin_letters_comes_over(terminal: Terminal) -> None:
    dump = Made(charset="latin1").lead(1, "2122660001", first_name="Zoë")
    path = dump.write(terminal.home / "d.sql.gz", encoding="latin-1")
    terminal.ok("import", "vicidial", str(path), *ZONE)
    (contact,) = terminal.ok("contact", "find", "2122660001", "--json").document
    assert contact["attributes"]["first_name"] == "Zoë"


@pytest.mark.parametrize(
    ("options", "code", "complaint"),
    [
        ((), 2, "--timezone"),
        (("--timezone", "Mars/Base"), 2, "is no time zone"),
        ((*ZONE, "--prefix", "Not A Name"), 1, "no list's name"),
        ((*ZONE, "--region", "XX"), 1, "no region"),
        (ZONE, 1, "nothing is imported"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    terminal: Terminal, options: tuple[str, ...], code: int, complaint: str
) -> None:
    said = terminal.type("import", "vicidial", terminal.write("empty.sql", "-- nothing\n"), *options)
    assert said.code == code and complaint in said.err


def test_a_dump_of_many_leads_holds_the_writer_for_moments_only(terminal: Terminal) -> None:
    """The chunks are what a transaction takes; that they are small is what keeps the dialing going."""
    from dialerd.usecases import movingin

    dump = usual()
    for n in range(950):
        dump.lead(n, f"21226{n:05}", status="NA", called_count=12, last_local_call_time="2026-03-01 09:30:00")
    said = json.loads(move_in(terminal, dump, "--json").out)
    assert said["lists"][0]["added"] == 950 and movingin._LEADS <= 100
    assert rows(terminal, "SELECT count(*), max(attempts) FROM contact_past") == [(950, 12)]


def test_an_interrupted_import_goes_on_where_it_was(terminal: Terminal, made: Made) -> None:
    whole = made.text
    cut = terminal.home / "cut.sql"
    cut.write_text(whole[: whole.index("2122660005", whole.index("INSERT INTO `vicidial_list`"))])
    first = terminal.ok("import", "vicidial", str(cut), *ZONE, "--json").document
    assert first["lists"][0]["added"] == 4 and any("cannot be read" in r["reason"] for r in first["rejected_rows"])
    rest = terminal.ok(
        "import", "vicidial", str(made.write(Path(terminal.home / "whole.sql"))), *ZONE, "--json"
    ).document
    assert [(each["added"], each["already_there"]) for each in rest["lists"]] == [(5, 4), (1, 0)]
