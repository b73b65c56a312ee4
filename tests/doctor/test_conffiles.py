"""What an Asterisk's files lack: read as Asterisk reads them, each lack one finding with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dialerd.adapters.files import read_conf_folder
from dialerd.doctor.checks import Finding
from dialerd.doctor.conffiles import ConfFolder, diagnose_files
from dialerd.domain.errors import BadInputError

SHIPPED = Path(__file__).parents[2] / "asterisk-conf"
WHOLE = {
    "asterisk.conf": "[options]\nmaxfiles = 65000\n",
    "http.conf": "#include http_dialerd.conf\n",
    "ari.conf": "[general]\nenabled = yes\nwebsocket_write_timeout = 5000\n#include ari_dialerd.conf\n",
    "manager.conf": "[general]\nenabled = yes\n#include manager_dialerd.conf\n",
    "rtp.conf": "#include rtp_dialerd.conf\n",
    "extensions.conf": "[globals]\n#include extensions_dialerd.conf\n",
}


def findings(
    folder: Path, files: Mapping[str, str | None], *, ami: bool = True, phones: bool = False
) -> dict[str, Finding]:
    for each in SHIPPED.glob("*_dialerd.conf"):
        (folder / each.name).write_text(each.read_text())
    for name, text in files.items():
        if text is not None:
            (folder / name).write_text(text)
    found = diagnose_files(
        ConfFolder(
            path="etc",
            files=read_conf_folder(folder),
            channels=100,
            ari_user="dialerd",
            ami_user="dialerd" if ami else None,
            has_phones=phones,
            has_phones_outside=phones,
        )
    )
    return {each.check.removeprefix("etc: "): each for each in found}


def test_the_files_that_we_ship_lack_nothing(tmp_path: Path) -> None:
    seen = findings(tmp_path, WHOLE)
    assert {name: each.is_well for name, each in seen.items()} == dict.fromkeys(
        ("http.conf", "ari.conf: patience", "manager.conf", "extensions.conf", "rtp.conf", "asterisk.conf"), True
    )


LACKS: list[tuple[str, str | None, str, str, str]] = [
    ("http.conf", "[general]\nenabled = no\n", "http.conf", "the HTTP server is off", "enabled = yes"),
    ("http.conf", None, "http.conf", "the HTTP server is off", "enabled = yes"),
    ("http.conf", "[general]\nenabled=yes\nsession_limit=500", "http.conf", "is ignored", "sessionlimit = 200"),
    ("http.conf", "[general]\nenabled=yes\nsessionlimit=10", "http.conf", "sessionlimit 10", "sessionlimit = 200"),
    ("ari.conf", None, "ari.conf", "it is not there", "ari_dialerd.conf"),
    ("ari.conf", "[general]\nenabled = no\n[dialerd]\ntype=user", "ari.conf", "ARI is off", "enabled = yes"),
    ("ari.conf", "[general]\n[other]\ntype=user", "ari.conf", "has no user dialerd", "#include ari_dialerd.conf"),
    ("ari.conf", "[general]\n[dialerd]\ntype=user\nread_only=yes", "ari.conf", "only read", "read_only = no"),
    (
        "ari.conf",
        "[general]\n[dialerd]\ntype=user",
        "ari.conf: patience",
        "100 ms",
        "websocket_write_timeout = 5000",
    ),
    ("manager.conf", "[general]\n", "manager.conf", "AMI is off", "enabled = yes"),
    ("manager.conf", None, "manager.conf", "AMI is off", "enabled = yes"),
    ("manager.conf", "[general]\nenabled=yes", "manager.conf", "no user dialerd", "#include manager_dialerd.conf"),
    (
        "manager.conf",
        "[general]\nenabled=yes\n[dialerd]\nread=system\nwrite = all",
        "manager.conf",
        "lacks read = agent:",
        "give it read = agent,",
    ),
    ("rtp.conf", "[general]\nrtpstart=20000\nrtpend=10000", "rtp.conf", "is no range", "rtp_dialerd.conf"),
    ("rtp.conf", "[general]\nrtpstart=10000\nrtpend=10100", "rtp.conf", "room for 25 calls", "rtp_dialerd.conf"),
    ("extensions.conf", "[globals]\n", "extensions.conf", "no context dialerd, dialerd-queue", "#include"),
    ("asterisk.conf", "[options]\n", "asterisk.conf", "is not set", "maxfiles = 65000"),
    ("asterisk.conf", None, "asterisk.conf", "is not set", "maxfiles = 65000"),
]


@pytest.mark.parametrize(
    ("file", "text", "check", "seen", "remedy"),
    LACKS,
)
def test_each_lack_is_named_with_what_to_do(
    tmp_path: Path, file: str, text: str | None, check: str, seen: str, remedy: str
) -> None:
    found = findings(tmp_path, {**WHOLE, file: text})[check]
    assert found.is_well is False
    assert seen in found.seen and remedy in found.remedy


def test_phones_in_browsers_want_tls_and_ice_where_there_are_any(tmp_path: Path) -> None:
    files = {**WHOLE, "rtp.conf": "[general]\nicesupport = no\n"}
    assert not [each for each in findings(tmp_path, files).values() if not each.is_well]
    wrong = {name for name, each in findings(tmp_path, files, phones=True).items() if not each.is_well}
    assert wrong == {"http.conf: phones in browsers", "rtp.conf: phones in browsers"}


def test_files_are_read_as_asterisk_reads_them(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more/a.conf").write_text("rtpend = 20000 ; the last\n")
    (tmp_path / "rtp.conf").write_text(
        "#include rtp.conf\n; [general]\n[base](!)\nrtpstart => 10000\n[general](base)\nrtpend = 1\n"
        ";-- rtpend = 2\n--;\n"
        '#include "more/*.conf"\n#tryinclude missing.conf\n'
    )
    found = read_conf_folder(tmp_path)
    assert found["rtp.conf"] is not None and found["http.conf"] is None
    assert dict(found["rtp.conf"]["general"]) == {"rtpstart": "10000", "rtpend": "20000"}
    with pytest.raises(BadInputError, match="is no folder"):
        read_conf_folder(tmp_path / "nowhere")
    (tmp_path / "ari.conf").mkdir()
    with pytest.raises(BadInputError, match=r"ari.conf cannot be read"):
        read_conf_folder(tmp_path)
