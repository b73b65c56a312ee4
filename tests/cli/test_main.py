"""The edge: exit codes, one line for every refusal, JSON on every read, help in sentences."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

import dialerd.cli
from dialerd.cli.main import cli, main
from dialerd.cli.nouns import NOUNS
from tests.cli.conftest import CAMPAIGN, SETTINGS, Terminal

OF_MACHINE = ("clock", "clock by NTP", "disk", "database log", "service", "secret settings")
"""What doctor says of the machine that tests run on."""

READS: list[tuple[str, ...]] = [
    ("config", "check"),
    ("list", "show"),
    ("list", "show", "customers"),
    ("contact", "show", "1"),
    ("contact", "find", "2122660001"),
    ("contact", "explain", "spring", "1"),
    ("dnc", "check", "2122660001"),
    ("dnc", "lists"),
    ("campaign", "list"),
    ("campaign", "show", "spring"),
    ("campaign", "status", "spring"),
    ("campaign", "dispositions", "spring"),
    ("trunk", "list"),
]


@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_every_read_prints_one_json_document_with_the_option_before_or_after(
    ready: Terminal, words: tuple[str, ...]
) -> None:
    ready.ok("campaign", "run", "spring")
    before, after, table = ready.ok("--json", *words), ready.ok(*words, "--json"), ready.ok(*words)
    assert before.document == after.document
    assert before.err == after.err == ""
    if words[1] != "dispositions":  # nothing has ended yet
        assert table.out.strip()
        assert table.out != before.out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("campaign", "status", "none"), "there is no campaign none (see dialerd campaign list)"),
        (("campaign", "run", "none"), "there is no campaign none"),
        (
            ("campaign", "pause", "spring"),
            "campaign spring is ready, it cannot be paused (possible: clone, delete, edit, run)",
        ),
        (("campaign", "rerun", "spring"), "it cannot be rerun"),
        (("campaign", "export", "spring", "--out", "x.csv"), "has never run"),
        (("campaign", "dispositions", "spring"), "has never run"),
        (("campaign", "pace", "spring", "--max-calls", "2"), "no run to change the pace of"),
        (("campaign", "apply", "/nowhere.toml"), "/nowhere.toml cannot be read"),
        (("campaign", "clone", "spring", "spring"), "there is a campaign spring already"),
        (("campaign", "delete", "none", "--yes"), "there is no campaign none"),
        (("list", "create", "customers"), "there is a list customers already"),
        (("list", "create", "new", "--region", "XX"), "'XX' is no region"),
        (("list", "import", "customers", "/nowhere.csv"), "/nowhere.csv cannot be read"),
        (("list", "import", "customers", "/nowhere.csv", "--region", "XX"), "'XX' is no region"),
        (("list", "show", "none"), "there is no list none"),
        (("list", "delete", "none", "--yes"), "there is no list none"),
        (("contact", "show", "99"), "there is no contact 99"),
        (("contact", "show", str(10**30)), "there is no contact"),
        (("contact", "find", "nonsense"), "is not a phone number"),
        (("contact", "add", "none", "2122660009"), "there is no list none"),
        (("contact", "add", "customers", "2122660001"), "has that number already, as contact 1"),
        (("contact", "add", "customers", "2122660009", "-a", "name"), "attribute 'name' has no value"),
        (("contact", "explain", "none", "1"), "there is no campaign none"),
        (
            ("dnc", "add", "--list", "mine", "2122660001"),
            "there is no do-not-call list mine (make it with dialerd dnc create mine",
        ),
        (("dnc", "remove", "nonsense"), "is not a phone number"),
        (("backup", "/nowhere/copy.db"), "unable to open"),
        (("restore", "/nowhere.db", "--yes"), "there is no file /nowhere.db"),
        (("campaign", "status", "a\n\x1b[2Jb"), "there is no campaign a??[2Jb"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_a_refusal_is_one_line_on_stderr_and_exit_code_1(
    ready: Terminal, words: tuple[str, ...], complaint: str
) -> None:
    said = ready.type(*words)
    assert said.code == 1
    assert said.err.startswith("dialerd: ")
    assert complaint in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("campaign", "nonsense"),
        ("campaign", "status"),
        ("campaign", "status", "spring", "--nonsense"),
        ("campaign", "pace", "spring"),
        ("campaign", "pace", "spring", "--max-calls", "many"),
        ("campaign", "status", "spring", "--watch", "--json"),
        ("campaign", "export", "spring"),
        ("contact", "show", "ann"),
        ("dnc", "add"),
        ("dnc", "add", "2122660001", "--days", "0"),
        (),
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_a_usage_error_is_exit_code_2(ready: Terminal, words: tuple[str, ...]) -> None:
    said = ready.type(*words)
    assert said.code == 2
    assert "Usage:" in said.err


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "cannot be read"),
        ("nonsense", "is not TOML"),
        (f"[engine]\ndrain_s = {'9' * 5000}\n", "4300 digits (at line 2)"),
        (f"[engine]\ndrain_s = {'[' * 3000}\n", "nested too deeply (at line 2)"),
        (SETTINGS + '\n[phone]\ndefault_regoin = "US"\n', "default_regoin"),
        (SETTINGS.replace('password = "secret"', 'password_file = "none"'), "password_file"),
    ],
)
def test_settings_that_cannot_be_used_are_exit_code_2_with_file_and_key(
    terminal: Terminal, text: str | None, complaint: str
) -> None:
    file = terminal.home / "dialerd.toml"
    file.unlink() if text is None else file.write_text(text)
    said = terminal.type("config", "check")
    assert said.code == 2
    assert complaint in said.err
    assert str(terminal.home) in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("value", "complaint"), [("9" * 5000, "4300 digits"), ("[" * 3000 + "]" * 3000, "nested too deeply")]
)
@pytest.mark.parametrize(
    "words",
    [
        "campaign apply",
        "queue apply",
        "disposition apply",
        "flow check",
        "flow apply",
        "strategy check",
        "strategy apply",
        "regulation check",
        "list map add m",
    ],
)
def test_a_file_whose_value_is_too_long_or_too_deep_is_refused_with_its_line(
    ready: Terminal, words: str, value: str, complaint: str
) -> None:
    said = ready.type(*words.split(), ready.write("x.toml", f'name = "x"\nmax_calls = {value}\n'))
    assert said.code == 1
    assert complaint in said.out + said.err
    assert "defect" not in said.err


def test_no_settings_are_written_or_needed_to_ask_for_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["campaign", "status", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
    assert "dialerd, version" in capsys.readouterr().out


def test_a_folder_that_may_not_be_entered_is_no_defect_and_says_as_whom_the_command_ran(terminal: Terminal) -> None:
    @click.command("fall")
    def fall() -> None:
        raise PermissionError(13, "Permission denied", "/root/b.db")

    cli.add_command(fall)
    try:
        said = terminal.type("fall")
        assert (said.code, said.err.count("\n")) == (1, 1)
        assert "/root/b.db: Permission denied (this runs as the user " in said.err
        assert "defect" not in said.err
    finally:
        del cli.commands["fall"]


def test_an_unexpected_error_is_one_line_and_debug_shows_its_trace(terminal: Terminal) -> None:
    terminal.ok("list", "create", "a")

    @click.command("fall")
    def fall() -> None:
        raise ValueError("two\nlines")

    cli.add_command(fall)
    try:
        said = terminal.type("fall")
        assert (said.code, said.err.count("\n")) == (1, 1)
        assert "defect: ValueError: two?lines" in said.err
        assert "--debug" in said.err
        with pytest.raises(ValueError, match="two"):
            main(["--debug", "fall"])
    finally:
        del cli.commands["fall"]


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_a_question_that_is_not_answered_with_yes_changes_nothing(ready: Terminal, answer: str) -> None:
    def ask(*words: str) -> None:
        command = [sys.executable, "-m", "dialerd", "--config", str(ready.home / "dialerd.toml"), *words]
        said = subprocess.run(command, input=answer, capture_output=True, text=True, check=False, timeout=30)
        assert (said.returncode, said.stderr.splitlines()[-1]) == (1, "cancelled")

    ask("campaign", "delete", "spring")  # what is refused is not asked about, so it is not running yet
    ask("list", "delete", "customers")
    ready.ok("campaign", "run", "spring")
    ask("campaign", "stop", "spring")
    assert ready.ok("campaign", "status", "spring", "--json").document["state"] == "active"


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            each = command.get_command(context, child)
            assert each is not None, child
            yield from commands(each, f"{name} {child}")


@pytest.mark.parametrize(("name", "command"), list(commands(cli, "dialerd")), ids=lambda value: str(value)[:30])
def test_every_help_text_is_a_sentence(name: str, command: click.Command) -> None:
    texts = [command.help or "", *(p.help or "" for p in command.params if isinstance(p, click.Option))]
    for text in texts:
        first = text.split("\n\n")[0]
        assert first[:1].isupper() or first.startswith("dialerd"), (name, text)
        assert first.rstrip().endswith((".", ")")), (name, text)


def test_data_is_shown_literally_never_as_markup(terminal: Terminal) -> None:
    hostile = "[bold]x[/red] :smile: [link=http://x]"
    terminal.ok("list", "create", "a")
    terminal.ok("contact", "add", "a", "2122660001", "-a", f"note={hostile}")
    assert hostile in terminal.ok("contact", "show", "1").out
    assert hostile in terminal.ok("list", "show", "a").out
    terminal.ok(
        "campaign",
        "apply",
        terminal.write("c.toml", CAMPAIGN.replace("customers", "a") + f'description = """{hostile}\\u001b[2J"""\n'),
    )
    shown = terminal.ok("campaign", "show", "spring").out
    assert hostile + "?[2J" in shown
    assert "\x1b" not in shown


def test_a_row_stays_on_its_line_where_no_terminal_limits_it(terminal: Terminal) -> None:
    terminal.ok("list", "create", "a")
    terminal.ok("contact", "add", "a", "2122660001", "-a", "note=" + "long words " * 60)
    assert len(terminal.ok("list", "show", "a").out.splitlines()) == 2


def test_doctor_makes_every_check_and_fails_where_an_asterisk_cannot_be_reached(ready: Terminal) -> None:
    said = ready.type("doctor", "--json")
    assert said.code == 1
    found = {each["check"]: each["is_well"] for each in json.loads(said.out)}
    assert found == {
        "settings": True,
        "database": True,
        "asterisk pbx1": False,
        "trunk carrier": False,
        "campaign spring": False,
    } | {check: well for check, well in found.items() if check in OF_MACHINE}
    assert "WRONG" in ready.type("doctor").out


def test_config_check_names_what_the_file_has(terminal: Terminal) -> None:
    assert terminal.ok("config", "check", "--json").document == {
        "file": str(terminal.home / "dialerd.toml"),
        "database": str(terminal.home / "dialerd.db"),
        "asterisk": ["pbx1"],
        "trunk": ["carrier"],
        "daemon": None,
    }
    assert "secret" not in terminal.ok("config", "check").out


def test_a_backup_is_restored(ready: Terminal) -> None:
    copy = str(ready.home / "copy.db")
    ready.ok("backup", copy)
    ready.ok("campaign", "delete", "spring", "--yes")
    ready.ok("restore", copy, "--yes")
    assert ready.ok("campaign", "list", "--json").document[0]["campaign"] == "spring"


def test_a_damaged_database_is_told_with_a_remedy(terminal: Terminal) -> None:
    Path(terminal.home / "dialerd.db").write_bytes(b"this is no database" * 100)
    said = terminal.type("campaign", "list")
    assert said.code == 1
    assert "restore a backup" in said.err


LOOK = "import sys; from dialerd.cli.main import main\ntry: main([{words}])\nexcept SystemExit: print(*sys.modules)"


def test_help_and_version_load_no_noun_and_none_of_what_nouns_stand_on() -> None:
    for words in ("'--help'", "'--version'"):
        said = subprocess.run(
            [sys.executable, "-c", LOOK.format(words=words)], capture_output=True, text=True, check=True, timeout=60
        )
        loaded = set(said.stdout.splitlines()[-1].split())
        heavy = {"aioari", "aiohttp", "apscheduler", "numpy", "jinja2", "pydantic", "rich", "dialerd.bootstrap"}
        assert not loaded & heavy
        assert {each for each in loaded if each.startswith("dialerd.cli.")} == {"dialerd.cli.main", "dialerd.cli.nouns"}


def test_a_noun_is_loaded_with_its_verbs_and_no_other() -> None:
    words = [sys.executable, "-c", LOOK.format(words="'dnc', '--help'")]
    said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    loaded = set(said.stdout.splitlines()[-1].split())
    assert "dialerd.cli.dnc" in loaded
    assert not loaded & {"aioari", "aiohttp", "apscheduler", "dialerd.cli.campaign", "dialerd.engine"}


@pytest.mark.parametrize("name", sorted(NOUNS))
def test_the_table_tells_of_each_noun_what_it_tells_itself(name: str) -> None:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    for limit in (45, 70, 300):
        assert NOUNS[name].short(limit) == found.get_short_help_str(limit)


def test_every_verb_of_every_file_is_reached_through_the_table() -> None:
    """A file that adds verbs to another's noun stands in that noun's row; in a process of its own no test helps."""
    files = sorted(path.stem for path in Path(dialerd.cli.__file__).parent.glob("*.py") if path.stem != "__init__")
    look = (
        "import click, importlib\nfrom dialerd.cli.main import cli\ncontext = click.Context(cli)\n"
        "def walk():\n"
        "    found = {n: cli.get_command(context, n) for n in cli.list_commands(context)}\n"
        "    return sorted(f'{n} {v}' for n, c in found.items() for v in getattr(c, 'commands', {'': None}))\n"
        "before = walk()\n"
        f"modules = [importlib.import_module('dialerd.cli.' + each) for each in {files}]\n"
        "assert walk() == before, set(walk()) ^ set(before)\n"
    )
    subprocess.run([sys.executable, "-c", look], check=True, timeout=120)


def test_the_shell_completes_nouns_without_loading_them_and_their_verbs() -> None:
    def completed(*words: str) -> list[str]:
        shell = ShellComplete(cli, {}, "dialerd", "_DIALERD_COMPLETE")
        return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]

    assert completed("ca") == ["callback", "campaign"]
    assert {"run", "status"} <= set(completed("campaign", ""))
    assert "--why" in completed("campaign", "status", "--w")
    assert "--config" in completed("--c")


def test_doctor_says_of_asterisks_files_that_it_may_not_read_who_may_and_goes_on(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    (terminal.home / "etc" / "http.conf").mkdir(parents=True)  # as unreadable, for root too
    monkeypatch.setattr("dialerd.cli.doctor._ETC", terminal.home / "etc")
    said = terminal.type("doctor", "--asterisk-conf", "--json")
    *others, last = json.loads(said.out)
    assert others and (last["is_well"], "cannot be read" in last["seen"]) == (None, True)
    assert last["remedy"].endswith(" doctor --asterisk-conf")
    refused = terminal.type("doctor", "--asterisk-conf", "--folder", str(terminal.home / "etc"))
    assert (refused.code, refused.out) == (1, "")
