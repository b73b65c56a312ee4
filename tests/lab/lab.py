"""The pair: up, down, restart, the carrier's record, and the settings that dialerd needs for it.

Not here: one Asterisk by itself (instance.py), the port plan (ports.py). Two labs of different names never meet.
"""

from __future__ import annotations

import re
import shutil
import time
from contextlib import AbstractContextManager
from pathlib import Path

from tests.lab import agents, audio, ports, record, rootfs
from tests.lab.instance import Instance
from tests.lab.record import CarrierCall
from tests.lab.rootfs import LabError, say

PBXS = ("pbx", "pbx2", "pbx3")
"""The servers that a lab can have: the first one alone, unless more are asked for. The others know no agents."""

PASSWORD = "dialerd-lab-secret"
_QUALIFIED_S = 10.0  # until a pbx that has booted must know that its dead trunk is dead


class Lab:
    """One lab by name. The root, the sounds and a place in the port plan are made by `up` where they are missing."""

    def __init__(self, name: str = "lab", *, ports: int | None = None) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", name):  # it becomes a folder, which `down` removes
            raise LabError(f"a lab cannot be called {name!r}: letters, digits, - and _, at most 32")
        self.name = name
        self._wanted = ports
        self._root = rootfs.home() / "root"
        self._ports = self._remembered()

    def up(self, *, servers: int = 1) -> None:
        """Start what does not run; returns when calls can be made. Raises LabError."""
        self._root = rootfs.ensure()
        audio.ensure(self._root)
        with rootfs.locked("labs"):
            self._ports = self._remembered() or ports.choose(self._folder, self._wanted)
            if self._wanted not in (None, self._ports.base):
                raise LabError(f"lab {self.name} has ports from {self._ports.base} on: take it down to move it")
        with self._locked():  # labs that come up at once need not wait for each other's Asterisks
            for kind in ("carrier", *PBXS[:servers]):
                self._start(self.instance(kind))

    def down(self) -> None:
        """Kill both, and forget the lab: its ports, its logs, the carrier's record."""
        if self._ports is None:
            return
        with rootfs.locked("labs"), self._locked():
            for kind in (*PBXS, "carrier"):
                self.instance(kind).down(hard=True)
            shutil.rmtree(self._folder, ignore_errors=True)
        self._ports = None

    def restart(self, kind: str, *, hard: bool = False) -> None:
        """Stop and start the pbx or the carrier; `hard`: kill -9, as a crash is. The record goes on."""
        instance = self.instance(kind)
        instance.down(hard=hard)
        self._start(instance)

    def cli(self, kind: str, command: str) -> str:
        """The answer of `asterisk -rx COMMAND` on the pbx or the carrier; empty when it does not run."""
        return self.instance(kind).cli(command)

    @property
    def is_up(self) -> bool:
        return self._ports is not None and all(i.pid is not None for i in (self.pbx, self.carrier))

    @property
    def has_ports(self) -> bool:
        """True from `up` to `down`, even while one of the pair is dead."""
        return self._ports is not None

    @property
    def pbx(self) -> Instance:
        return self.instance("pbx")

    @property
    def carrier(self) -> Instance:
        return self.instance("carrier")

    @property
    def ari_url(self) -> str:
        return f"http://127.0.0.1:{self.port('http')}"

    def port(self, what: str) -> int:
        """A port of this lab by its name: sip_pbx, sip_carrier, http, agi, ami, web, dead."""
        return self._known_ports[what]

    def channels_up(self) -> int:
        """Channels on the pbx now; one that has been told to end is counted until it is gone. Raises LabError."""
        said = self.pbx.cli("core show channels count")
        found = re.search(r"^(\d+) active channel", said, re.MULTILINE)
        if found is None:
            raise LabError(f"the pbx does not say how many channels are up, but {said!r}")
        return int(found[1])

    def bridges_up(self) -> int:
        """ARI's bridges on the pbx now; a removed one is counted until its thread has ended."""
        return self.pbx.cli("bridge show all").count("stasis")

    def mark(self) -> int:
        """This moment in the carrier's record, for `record(since=...)`."""
        path = self._record_path
        return path.stat().st_size if path.exists() else 0

    def record(self, *, since: int = 0) -> list[CarrierCall]:
        """Every INVITE that the carrier has seen, in order."""
        return record.read(self._record_path, since=since)

    def heard(self, call: CarrierCall) -> bytes:
        """What an agent, or somebody with an ending of 50 to 59 or 71, has heard so far, in u-law (tones.py); of 60 to
        69 what was heard and said."""
        path = self.carrier.folder / f"heard/{call.uid}.ulaw"
        return path.read_bytes() if path.exists() else b""

    def clip(self, sound: str) -> bytes:
        """One of the lab's sounds (audio.py), in u-law."""
        return (self._root / f"{sound[1:]}.ulaw").read_bytes()

    def hang_up(self, call: CarrierCall) -> None:
        """The called side hangs up, now. Raises LabError when the call is over already."""
        for line in self.carrier.cli("core show channels concise").splitlines():
            fields = line.split("!")
            if fields[-1] == call.uid:
                self.carrier.cli(f"channel request hangup {fields[0]}")
                return
        raise LabError(f"the call to {call.number} is over already")

    @property
    def root(self) -> Path:
        """The file system that both Asterisks see as theirs."""
        return self._root

    def dialerd_config(self, database: Path | str) -> str:
        """A dialerd.toml for this lab."""
        return _CONFIG.format(
            database=database,
            url=self.ari_url,
            password=PASSWORD,
            web=self.port("web"),
            ami=self.port("ami"),
            agi=self.port("agi"),
        )

    def dialerd_config_of_many(self, database: Path | str, *, servers: int) -> str:
        """The same for several servers, with links, and a trunk `carrier` that all of them have."""
        text, names = self.dialerd_config(database), [f"pbx{n}" for n in range(1, servers + 1)]
        text = text.replace('asterisk = ["pbx1"]', f"asterisk = {names}".replace("'", '"'), 1)
        for name, kind in zip(names[1:], PBXS[1:servers], strict=True):
            url = f"http://127.0.0.1:{self.port(f'http_{kind}')}"
            text += f'\n[[asterisk]]\nname = "{name}"\nurl = "{url}"\nusername = "dialerd"\npassword = "{PASSWORD}"\n'
            text += f'app = "dialerd"\nlink = "PJSIP/{{exten}}@link-{kind}"\n'
        return text.replace('app = "dialerd"\n', 'app = "dialerd"\nlink = "PJSIP/{exten}@link-pbx"\n', 1)

    @property
    def _record_path(self) -> Path:
        return self.carrier.folder / "log/cel-custom/record.csv"

    @property
    def _folder(self) -> Path:
        return self._root / "lab" / self.name

    def _locked(self) -> AbstractContextManager[None]:
        """Nobody else starts or ends this lab. The lock is in its folder, and goes with it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return rootfs.locked(f"root/lab/{self.name}/up")

    def _remembered(self) -> ports.Ports | None:
        return ports.remembered(self._folder)

    @property
    def _known_ports(self) -> ports.Ports:
        if self._ports is None:
            raise LabError(f"lab {self.name} is not up: run scripts/lab up --name {self.name}")
        return self._ports

    def instance(self, kind: str) -> Instance:
        """The pbx or the carrier by its name."""
        known = self._known_ports
        values = {name: str(known[name]) for name in ("sip_pbx", "sip_carrier", "http", "ami", "agi", "dead")}
        first, last = known.rtp_of(kind)
        values |= {"rtp_first": str(first), "rtp_last": str(last)}
        values |= {"kind": kind, "lab": self.name, "password": PASSWORD}
        if kind in PBXS[1:]:
            values |= {name: str(known[f"{name}_{kind}"]) for name in ("http", "ami")}
            values["sip_pbx"] = str(known[f"sip_{kind}"])
        values["links"] = "\n".join(_link(each, known[f"sip_{each}"]) for each in PBXS if each != kind)
        phones = agents.endpoints(known["sip_carrier"]) if kind == "pbx" else ""
        values |= {"agents": phones, "browsers": agents.browsers(PASSWORD)}
        mac = f"{known.base:012x}"
        place = 1 + ("pbx", "carrier", *PBXS[1:]).index(kind)
        values["entity"] = ":".join([f"{place:02x}", *(mac[i : i + 2] for i in range(2, 12, 2))])
        return Instance(self._root, self.name, kind, values)

    def _start(self, instance: Instance) -> None:
        if instance.pid is not None:
            return
        started = time.monotonic()
        instance.up()
        if instance.kind in PBXS:  # until then a call to the dead trunk would be tried, for 32 s
            instance.cli("pjsip qualify deadtrunk")
            while "Unavail" not in instance.cli("pjsip show contacts"):
                if time.monotonic() - started > _QUALIFIED_S:
                    raise LabError("the pbx does not notice that its dead trunk is dead")
                time.sleep(0.05)
        say(f"{instance.kind} of {self.name} started in {time.monotonic() - started:.1f} s")


def _link(kind: str, sip: int) -> str:
    """How the others reach that one, as asterisk-conf/pjsip_link_example.conf has it."""
    return (
        f"[link-{kind}](dialerd-link-out)\naors = link-{kind}\n"
        f"[link-{kind}]\ntype = aor\ncontact = sip:127.0.0.1:{sip}\nqualify_frequency = 0"
    )


def labs_of_dead_tests() -> list[Lab]:
    """The labs that killed test runs have left: called test and the process number of their owner, which is gone."""
    folders = (rootfs.home() / "root/lab").glob("test*")
    named = ((folder.name, folder.name.removeprefix("test")) for folder in folders)
    return [Lab(name) for name, owner in named if owner.isdigit() and not Path(f"/proc/{owner}").exists()]


_CONFIG = """\
[database]
path = "{database}"

[[asterisk]]
name = "pbx1"
url = "{url}"
username = "dialerd"
password = "{password}"
app = "dialerd"

[asterisk.ami]
url = "tcp://127.0.0.1:{ami}"
username = "dialerd"
password = "{password}"

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
phone_at = "pbx1"

[agi]
listen = "127.0.0.1:{agi}"

[phone]
default_region = "US"
"""
