"""One Asterisk of the lab: its configuration written from templates, started, asked, stopped, killed.

Not here: what the pair does together (lab.py). A process is signalled only when its root and its command line prove
that it is this very instance.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.lab.rootfs import LabError

_TEMPLATES = Path(__file__).parent / "conf"
_REPO = Path(__file__).parents[2]
_BOOT_S, _TRIES = 20.0, 5
_PID_S = 2.0  # until a started one has written its pid
_STOP_S = 25.0  # with calls up Asterisk takes 16 s to stop
_ANSWER_S = 10.0


class Instance:
    """`kind` is pbx, carrier, or pbx2 and more; `values` fill the templates' {names}."""

    def __init__(self, root: Path, lab: str, kind: str, values: Mapping[str, str]) -> None:
        self.kind = kind
        self._model = kind.rstrip("0123456789")  # pbx2 is a pbx
        self._root = root
        self._home = f"/lab/{lab}/{kind}"
        self.folder = root / self._home.lstrip("/")
        modules = next(iter(root.glob("usr/lib/*/asterisk/modules")), root)  # the folder's name has the architecture
        self._values = {**values, "home": self._home, "modules": f"/{modules.relative_to(root)}"}

    def up(self) -> None:
        """Write the configuration and start, unless it runs. Returns when it is fully booted. Raises LabError.

        One that dies while it boots is started anew, as systemd would: with the carrier still sending to the ports of
        a killed one, Asterisk 22.10.1 does so now and then, without a word in its log.
        """
        if self.pid is not None:
            return
        self._write()
        for _ in range(_TRIES):
            self._launch()
            if self._boots():
                return
            self.down(hard=True)
        log = self.folder / "log/messages"
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-20:]) if log.exists() else "(no log)"
        raise LabError(f"{self.kind} did not boot in {_TRIES} tries of {_BOOT_S:g} s: {log} ends with\n{tail}")

    def _launch(self) -> None:
        subprocess.run(
            ["chroot", str(self._root), "asterisk", "-C", f"{self._home}/etc/asterisk.conf", "-F"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )

    def _boots(self) -> bool:
        """Wait until it is fully booted; False: it died, or hangs."""
        began = time.monotonic()
        while (waited := time.monotonic() - began) < _BOOT_S:
            if "fully booted" in self.cli("core waitfullybooted"):
                return True
            if waited > _PID_S and self.pid is None:
                return False
            time.sleep(0.1)
        return False

    def down(self, *, hard: bool = False) -> None:
        pid = self.pid
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL if hard else signal.SIGTERM)
        deadline = time.monotonic() + _STOP_S
        while self.pid is not None:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                deadline += _STOP_S
            time.sleep(0.05)

    def cli(self, command: str) -> str:
        """The answer of `asterisk -rx COMMAND`; empty when it does not run or does not answer."""
        try:
            done = subprocess.run(
                ["chroot", str(self._root), "asterisk", "-C", f"{self._home}/etc/asterisk.conf", "-rx", command],
                capture_output=True,
                text=True,
                check=False,
                timeout=_ANSWER_S,
            )
        except subprocess.TimeoutExpired:  # one that hangs is as good as none
            return ""
        return done.stdout if done.returncode == 0 else ""

    @property
    def pid(self) -> int | None:
        """The process, proven to be ours and alive."""
        try:
            pid = int((self.folder / "run/asterisk.pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if os.readlink(f"/proc/{pid}/root") != str(self._root.resolve()):
                return None
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError):
            return None
        ours = f"{self._home}/etc/asterisk.conf".encode() in command
        return pid if ours and state != "Z" else None

    def _write(self) -> None:
        for name in ("etc", "db", "keys", "heard", "log/cel-custom", "run", "spool/recording", "var"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        etc = self.folder / "etc"
        for template in [*(_TEMPLATES / "both").iterdir(), *(_TEMPLATES / self._model).iterdir()]:
            text = template.read_text()
            for key, value in self._values.items():
                text = text.replace("{" + key + "}", value)
            (etc / template.name).write_text(text)
        for name in ("extensions_dialerd.conf", "amd.conf", "pjsip_agents_example.conf", "pjsip_link_example.conf"):
            shutil.copy(_REPO / "asterisk-conf" / name, etc)
