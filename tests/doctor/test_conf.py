"""What of asterisk-conf/ a server lacks: each lack one finding that names the file and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialerd.doctor.checks import Finding
from dialerd.doctor.conf import _PURPOSES, AmiFacts, ConfFacts, Wanted, diagnose_conf
from dialerd.domain.lack import Lack

EVERY_MODULE = frozenset({"app_queue", *(each for purpose in _PURPOSES for each in purpose.modules)})
WHOLE = ConfFacts(
    name="pbx1",
    app="dialerd",
    modules=EVERY_MODULE,
    variables={"DIALERD_APP": "dialerd", "DIALERD_AGI": "127.0.0.1:4573", "DIALERD_SAY_OK": "beep"},
    endpoints=frozenset({"PJSIP/1001", "PJSIP/carrier"}),
    sounds={"beep": ["en"]},
    ami=AmiFacts(queues=frozenset({"desk"})),
)
WANTED = Wanted(
    agi="127.0.0.1:4573", phones={"ann": "PJSIP/1001", "bob": "PJSIP/bob@desks"}, queues=frozenset({"desk"})
)


def findings(facts: ConfFacts, wanted: Wanted = WANTED) -> list[Finding]:
    return diagnose_conf([facts], wanted)


def wrong(facts: ConfFacts, wanted: Wanted = WANTED) -> list[Finding]:
    return [each for each in findings(facts, wanted) if not each.is_well]


def test_a_whole_server_has_nothing_wrong() -> None:
    whole = replace(WHOLE, endpoints=WHOLE.endpoints | {"PJSIP/bob"})
    assert wrong(whole) == []
    files = {each.check.removeprefix("asterisk pbx1: ").split(":")[0] for each in findings(whole)}
    assert files == {
        "http.conf and ari.conf",
        "modules.conf",
        "extensions.conf",
        "pjsip.conf",
        "manager.conf",
        "queues.conf",
    }


BOB = {"endpoints": WHOLE.endpoints | {"PJSIP/bob"}}


LACKS: list[tuple[dict[str, object], str, str, str]] = [
    (
        {"trouble": Lack("it cannot be reached", "start it")},
        "http.conf and ari.conf",
        "cannot be reached",
        "start it; http_dialerd.conf and ari_dialerd.conf",
    ),
    (
        {"modules": EVERY_MODULE - {"app_amd"}},
        "modules.conf: answering machine detection",
        "app_amd is not running",
        "amd.conf",
    ),
    ({"modules": EVERY_MODULE - {"app_queue"}}, "queues.conf", "app_queue", "app_queue.so"),
    ({"variables": {}}, "extensions.conf", "is not there", "#include"),
    (
        {"variables": {"DIALERD_APP": "other", "DIALERD_AGI": "127.0.0.1:4573"}},
        "extensions.conf",
        "DIALERD_APP is other",
        "DIALERD_APP=dialerd in [globals]",
    ),
    ({"variables": {"DIALERD_APP": "dialerd"}}, "extensions.conf: hooks", "before there were hooks", "newer"),
    (
        {"variables": {"DIALERD_APP": "dialerd", "DIALERD_AGI": "127.0.0.1:9"}},
        "extensions.conf: hooks",
        "[agi] listen is 127.0.0.1:4573",
        "DIALERD_AGI=127.0.0.1:4573 in [globals]",
    ),
    ({"sounds": {}}, "extensions.conf: sounds", "DIALERD_SAY_OK = beep", "core-sounds"),
    ({"endpoints": frozenset({"PJSIP/bob"})}, "pjsip.conf: agents", "PJSIP/1001 of agent ann", "pjsip_agents"),
    ({"ami": None}, "manager.conf", "no [asterisk.ami]", "manager_dialerd.conf"),
    ({"ami": AmiFacts(trouble="user dialerd is refused")}, "manager.conf", "is refused", "manager_dialerd.conf"),
    (
        {"ami": AmiFacts(queues=frozenset({"desk"}), may_redirect=False)},
        "manager.conf",
        "may not redirect",
        "write = call",
    ),
    ({"is_overheard": True}, "http.conf: TLS", "in clear", "https://"),
    (
        {"ami": AmiFacts(queues=frozenset({"desk"}), is_overheard=True)},
        "manager.conf: TLS",
        "in clear",
        "tls://",
    ),
    ({"ami": AmiFacts()}, "queues.conf", "no queue desk", "queues_dialerd.conf"),
]


@pytest.mark.parametrize(
    ("change", "check", "seen", "remedy"),
    LACKS,
)
def test_each_lack_names_its_file_and_what_to_do(change: dict[str, object], check: str, seen: str, remedy: str) -> None:
    (finding,) = wrong(replace(WHOLE, **{**BOB, **change}))  # type: ignore[arg-type]
    assert finding.check == f"asterisk pbx1: {check}"
    assert seen in finding.seen
    assert remedy in finding.remedy


def test_what_only_some_need_is_said_and_is_not_wrong() -> None:
    plain = replace(WHOLE, **BOB, modules=EVERY_MODULE - {"res_srtp", "res_agi"})  # type: ignore[arg-type]
    assert wrong(plain) == []
    said = [each.seen for each in findings(plain) if "not possible" in each.seen]
    assert said == ["not possible: res_agi is not running", "not possible: res_srtp is not running"]


def test_queues_are_not_asked_for_where_there_are_none() -> None:
    none = replace(WANTED, queues=frozenset())
    assert wrong(replace(WHOLE, **BOB, ami=None, modules=EVERY_MODULE - {"app_queue"}), none) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(("trouble", "is_well"), [("there is no WebSocket (HTTP 404)", False), ("", True)])
def test_phones_in_browsers_are_needed_where_the_settings_have_their_address(trouble: str, is_well: bool) -> None:
    wanted = replace(WANTED, phone_url="wss://pbx:8089/ws", phone_trouble=trouble)
    plain = replace(WHOLE, **BOB, modules=EVERY_MODULE - {"res_srtp"})  # type: ignore[arg-type]
    found = {each.check: each for each in findings(plain, wanted)}
    assert found["phones in browsers"].is_well is is_well
    assert trouble in found["phones in browsers"].seen
    assert found["asterisk pbx1: modules.conf: phones in browsers"].is_well is False
