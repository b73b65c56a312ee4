"""The pair: ports, up, down, restart, the carrier's record, and the settings that dialerd needs for it.

Not here: one Asterisk by itself (instance.py). Two labs of different names never meet: own ports, own folders.
"""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

from tests.lab import audio, record, rootfs
from tests.lab.instance import Instance
from tests.lab.record import CarrierCall
from tests.lab.rootfs import LabError, say

PASSWORD = "dialerd-lab-secret"
_SPAN = 20  # ports of one lab
_RTP_SPAN = 4000  # of which each Asterisk gets half


class Lab:
    """One lab by name. The root, the sounds and a place in the port plan are made by `up` where they are missing."""

    def __init__(self, name: str = "lab", *, ports: int | None = None) -> None:
        self.name = name
        self._wanted = ports
        self._root = rootfs.home() / "root"
        self._port = self._remembered()

    def up(self) -> None:
        """Start what does not run. Raises LabError."""
        self._root = rootfs.ensure()
        audio.ensure(self._root)
        if self._port is None:
            self._port = self._choose()
        for instance in (self.carrier, self.pbx):
            instance.up()

    def down(self) -> None:
        """Stop both and forget the ports."""
        if self._port is None:
            return
        for instance in (self.pbx, self.carrier):
            instance.down(hard=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._port = None

    @property
    def is_up(self) -> bool:
        return self._port is not None and all(i.pid is not None for i in (self.pbx, self.carrier))

    @property
    def pbx(self) -> Instance:
        return self._instance("pbx")

    @property
    def carrier(self) -> Instance:
        return self._instance("carrier")

    @property
    def ari_url(self) -> str:
        return f"http://127.0.0.1:{self._number('http')}"

    def port(self, what: str) -> int:
        """A port of this lab by its name: sip_pbx, sip_carrier, http, agi, web, dead."""
        return int(self._number(what))

    def mark(self) -> int:
        """This moment in the carrier's record, for `record(since=...)`."""
        path = self._record_path
        return path.stat().st_size if path.exists() else 0

    def record(self, *, since: int = 0) -> list[CarrierCall]:
        """Every INVITE that the carrier has seen, in order."""
        return record.read(self._record_path, since=since)

    def dialerd_config(self, database: Path | str) -> str:
        """A dialerd.toml for this lab."""
        return _CONFIG.format(
            database=database,
            url=self.ari_url,
            password=PASSWORD,
            web=self._number("web"),
            agi=self._number("agi"),
        )

    @property
    def _record_path(self) -> Path:
        return self.carrier.folder / "log/cel-custom/record.csv"

    @property
    def _folder(self) -> Path:
        return self._root / "lab" / self.name

    def _instance(self, kind: str) -> Instance:
        if self._port is None:
            raise LabError(f"lab {self.name} has never been up: run scripts/lab up --name {self.name}")
        names = ("sip_pbx", "sip_carrier", "http", "dead", "rtp_first", "rtp_last")
        values = {name: self._number(name) for name in names}
        half = _RTP_SPAN // 2
        first = int(values["rtp_first"]) + (0 if kind == "pbx" else half)
        values |= {"rtp_first": str(first), "rtp_last": str(first + half - 1)}
        values |= {"kind": kind, "lab": self.name, "password": PASSWORD}
        mac = f"{self._port:012x}"
        values["entity"] = ":".join([f"{1 if kind == 'pbx' else 2:02x}", *(mac[i : i + 2] for i in range(2, 12, 2))])
        return Instance(self._root, self.name, kind, values)

    def _number(self, what: str) -> str:
        assert self._port is not None, "the lab has ports once it is up"
        base = self._port
        slot = (base - _FIRST) // _SPAN % _SLOTS
        rtp = 20000 + slot * _RTP_SPAN
        places = {
            "sip_pbx": base,
            "sip_carrier": base + 1,
            "http": base + 2,
            "web": base + 4,
            "agi": base + 5,
            "dead": base + 6,
            "rtp_first": rtp,
            "rtp_last": rtp + _RTP_SPAN - 1,
        }
        return str(places[what])

    def _remembered(self) -> int | None:
        path = self._folder / "ports.json"
        return int(json.loads(path.read_text())["base"]) if path.exists() else None

    def _choose(self) -> int:
        """The first place in the port plan that no other lab has and nobody listens at."""
        with rootfs.locked("ports"):
            taken = {int(json.loads(path.read_text())["base"]) for path in (self._root / "lab").glob("*/ports.json")}
            places = [self._wanted] if self._wanted else [_FIRST + n * _SPAN for n in range(_SLOTS)]
            for base in places:
                if base not in taken and all(_is_free(base + n) for n in range(7)):
                    self._folder.mkdir(parents=True, exist_ok=True)
                    (self._folder / "ports.json").write_text(json.dumps({"base": base}))
                    say(f"lab {self.name} has ports {base} to {base + _SPAN - 1}")
                    return base
        raise LabError("no free ports for a lab: take another one down, or give --ports BASE")


_FIRST, _SLOTS = 15060, 11


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


_CONFIG = """\
[database]
path = "{database}"

[[asterisk]]
name = "pbx1"
url = "{url}"
username = "dialerd"
password = "{password}"
app = "dialerd"

[[trunk]]
name = "carrier"
asterisk = ["pbx1"]
endpoint = "PJSIP/{{number}}@carrier"
max_channels = 100
calls_per_second = 50.0
caller_ids = ["+12125550100"]

[[trunk]]
name = "dead"
asterisk = ["pbx1"]
endpoint = "PJSIP/{{number}}@deadtrunk"
max_channels = 100
calls_per_second = 50.0
caller_ids = ["+12125550100"]

[http]
listen = "127.0.0.1:{web}"

[agi]
listen = "127.0.0.1:{agi}"

[phone]
default_region = "US"
"""
