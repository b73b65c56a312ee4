"""A cable that can be cut: a TCP relay between dialerd and a port of Asterisk or of another server.

Not here: what happens then.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Cable:
    """Relays `port` (chosen by the kernel) to `target`; `cut` breaks every connection that runs through it."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._is_deaf = False
        self._kept = 0
        self.answered = 0  # pieces of answers that were let through
        threading.Thread(target=self._accept, daemon=True).start()

    def deafen(self) -> None:
        """Let what is said through, and no answer, until it is cut."""
        self._kept, self._is_deaf = 0, True

    @property
    def kept(self) -> int:
        """How many connections have had an answer that was not let through, since `deafen`."""
        return self._kept

    def cut(self) -> int:
        """Break every connection now, abruptly; how many."""
        with self._lock:
            ends, self._ends = self._ends, []
            self._is_deaf = False
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        return len(ends) // 2

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._ends += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._relay, args=(source, sink, source is far), daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if is_answer and self._is_deaf:
                    with self._lock:
                        self._kept += 1
                    return  # left open until it is cut
                if is_answer:
                    with self._lock:
                        self.answered += 1
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
