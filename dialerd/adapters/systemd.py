"""Telling systemd that the daemon is ready, alive and stopping (sd_notify), where it was started by systemd.

Not here: when to say so (daemon.py). The protocol is one datagram: sd_notify(3).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


class Systemd:
    """Implements ports.Supervisor. Without NOTIFY_SOCKET in `environ` every call does nothing."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        watchdog_us = environ.get("WATCHDOG_USEC", "")
        is_ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog_s = int(watchdog_us) / 1e6 if is_ours and watchdog_us.isdigit() else None
        """How often systemd wants to hear `alive`; None: never."""

    def ready(self, status: str) -> None:
        self._tell(f"READY=1\nSTATUS={status}")

    def alive(self) -> None:
        self._tell("WATCHDOG=1")

    def stopping(self, limit_s: float) -> None:
        """`limit_s`: the longest that it may take. systemd waits for so long, whatever TimeoutStopSec= says."""
        self._tell(f"STOPPING=1\nEXTEND_TIMEOUT_USEC={int(limit_s * 1e6)}")

    def says(self, status: str) -> None:
        """What `systemctl status` shows."""
        self._tell(f"STATUS={status}")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as door:
            try:
                door.sendto(message.encode(), self._address)
            except OSError:
                return  # systemd restarting: the next message gets through, and nothing depends on this one
