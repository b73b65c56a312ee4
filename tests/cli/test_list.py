"""`dialerd list`, `contact` and `dnc`: what goes in and what is said about it."""

from __future__ import annotations

import csv

import pytest

from tests.cli.conftest import CONTACTS, Terminal


def test_an_import_tells_what_it_took_and_what_not_and_can_be_repeated(terminal: Terminal) -> None:
    file = terminal.write("c.csv", CONTACTS)
    said = terminal.ok("list", "import", "customers", file)
    assert said.err == "line 4: number: 'bad' " + said.err.partition("'bad' ")[2]
    document = terminal.ok("list", "import", "customers", file, "--json").document
    assert document.pop("rejected_rows")[0]["line"] == 4
    assert document == {
        "list": "customers",
        "file": file,
        "encoding": "utf-8",
        "delimiter": ",",
        "added": 0,
        "already_there": 2,
        "doubled": 0,
        "on_dnc": 0,
        "rejected": 1,
        "makes_list": False,
        "dry_run": False,
    }
    assert terminal.ok("list", "show", "--json").document[0]["contacts"] == 2


def test_a_dry_run_reads_everything_and_makes_nothing(terminal: Terminal) -> None:
    document = terminal.ok("list", "import", "new", terminal.write("c.csv", CONTACTS), "--dry-run", "--json").document
    assert (document["added"], document["rejected"], document["dry_run"]) == (2, 1, True)
    assert terminal.ok("list", "show", "--json").document == []


def test_a_report_has_every_rejected_row_and_the_terminal_only_the_first(terminal: Terminal) -> None:
    file = terminal.write("c.csv", "number\n2122660001\n" + "=bad\n" * 1200)
    report = terminal.home / "report.csv"
    said = terminal.ok("list", "import", "customers", file, "--report", str(report))
    assert len(said.err.splitlines()) == 21
    assert said.err.splitlines()[-1] == "and 1180 more; --report FILE writes them all"
    with report.open(newline="") as handle:
        header, first, *rest = csv.reader(handle)
    assert header == ["line", "column", "value", "reason"]
    assert first[:3] == ["3", "number", "'=bad"]  # a report is opened in a spreadsheet too
    assert len(rest) == 1199


def test_a_report_that_cannot_be_written_stops_before_anything_is_added(terminal: Terminal) -> None:
    terminal.ok("list", "create", "customers")
    file = terminal.write("c.csv", CONTACTS)
    said = terminal.type("list", "import", "customers", file, "--report", str(terminal.home / "none" / "r.csv"))
    assert said.code == 1
    assert terminal.ok("list", "show", "--json").document[0]["contacts"] == 0


def test_a_mapping_names_the_columns_and_the_region_reads_the_numbers(terminal: Terminal) -> None:
    file = terminal.write("k.csv", "Vorname;Telefon;Notiz\nAnn;030 901820;x\n")
    mapping = terminal.write("map.toml", '[columns]\nnumber = "Telefon"\nfirst_name = "Vorname"\n')
    terminal.ok("list", "import", "kunden", file, "--map", mapping, "--region", "de")
    found = terminal.ok("list", "show", "kunden", "--json").document
    assert (found["region"], found["contacts"]) == ("DE", 1)
    (contact,) = found["first_contacts"]
    assert (contact["numbers"], contact["attributes"]) == (["+4930901820"], {"first_name": "Ann"})


@pytest.mark.parametrize("text", ["nonsense", "", "columns = 1", "[columns]\nnumber = 1", '[columns]\nnumber = "None"'])
def test_a_mapping_that_cannot_be_used_is_refused(terminal: Terminal, text: str) -> None:
    file = terminal.write("c.csv", CONTACTS)
    said = terminal.type("list", "import", "customers", file, "--map", terminal.write("map.toml", text))
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert terminal.ok("list", "show", "--json").document == []


def test_a_contact_is_added_found_and_explained(ready: Terminal) -> None:
    said = ready.ok("contact", "add", "customers", "2122660009", "2122660010", "-a", "name=Dee", "--attribute", "x=a=b")
    assert said.out == "contact 3 is added to list customers\n"
    (found,) = ready.ok("contact", "find", "212 266 0010", "--json").document
    assert found == ready.ok("contact", "show", "3", "--json").document
    assert found["attributes"] == {"name": "Dee", "x": "a=b"}
    explained = ready.ok("contact", "explain", "spring", "3", "--json").document
    assert explained["held_by"] == "run"
    assert explained["closed"][0] == {
        "name": "run",
        "reason": "the campaign is not running",
        "until": None,
        "is_final": False,
    }


def test_a_list_is_deleted(ready: Terminal) -> None:
    assert ready.ok("list", "delete", "customers", "--yes").out == "list customers with its 2 contacts is deleted\n"


def test_numbers_go_on_and_off_the_do_not_call_list(terminal: Terminal) -> None:
    assert terminal.ok("dnc", "add", "2122660001", "2122660002").out == "2 of 2 numbers are new on the list global\n"
    terminal.ok("dnc", "add", "2122660003", "--days", "30", "--source", "letter")
    (entry,) = terminal.ok("dnc", "check", "(212) 266-0003", "--json").document
    assert (entry["list_name"], entry["number"], entry["source"]) == ("global", "+12122660003", "letter")
    assert entry["expires_at"] > entry["added_at"]
    shown = terminal.ok("dnc", "show", "--after", "+12122660001", "--limit", "1", "--json").document
    assert [each["number"] for each in shown] == ["+12122660002"]
    assert "+12122660003" in terminal.ok("dnc", "show").out
    assert terminal.type("dnc", "show", "--list", "none").code == 1
    assert terminal.ok("dnc", "remove", "2122660003").out == "1 of 1 numbers are taken off the list global\n"
    assert terminal.ok("dnc", "check", "2122660003").out == "the number is on no list\n"
    assert terminal.ok("dnc", "lists", "--json").document == {"global": 2}


def test_a_do_not_call_file_is_taken_number_by_number(terminal: Terminal) -> None:
    file = terminal.write(
        "d.csv", "phone,zone\n2122660001,Mars\nbad,\n" + "".join(f"212266{n:04d},\n" for n in range(10, 2200))
    )
    said = terminal.ok("dnc", "import", file)
    assert said.out == "2191 numbers are new on the list global; 1 could not be used\n"
    assert said.err.startswith("line 3: phone: 'bad'")
    again = terminal.ok("dnc", "import", file, "--json").document
    assert (again["added"], again["already_there"], again["rejected"]) == (0, 2191, 1)
    assert [row["line"] for row in again["rejected_rows"]] == [3]
    assert terminal.ok("dnc", "lists", "--json").document == {"global": 2191}
    assert terminal.type("dnc", "import", file, "--list", "mine").code == 1
    assert terminal.type("dnc", "import", terminal.write("e.csv", "phone\n"), "--list", "mine").code == 1


def test_a_do_not_call_file_of_which_nothing_can_be_used_is_refused(terminal: Terminal) -> None:
    said = terminal.type("dnc", "import", terminal.write("d.csv", "phone\nbad\nworse\n"))
    assert said.code == 1
    assert "none of its 2 rows can be used" in said.err
    said = terminal.type("dnc", "import", terminal.write("e.csv", "phone\n"))
    assert said.code == 1
    assert "it has no row after the first line" in said.err
    assert terminal.ok("dnc", "lists", "--json").document == {"global": 0}


def test_the_rows_of_a_do_not_call_file_that_cannot_be_used_go_to_the_report(terminal: Terminal) -> None:
    file = terminal.write("d.csv", "phone\n" + "bad\n" * 30 + "2122660001\n")
    said = terminal.ok("dnc", "import", file, "--report", str(terminal.home / "bad.csv"))
    assert said.err.splitlines()[-1] == "and 10 more; --report FILE writes them all"
    assert len((terminal.home / "bad.csv").read_text().splitlines()) == 31
