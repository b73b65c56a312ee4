"""A witness of conversations: Asterisk's own word on when AMD had its verdict and when both sides were in one bridge.

Not here: dialerd, which is not asked. It hears of everybody's channels over an application of its own.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from tests.lab import Lab
from tests.lab.events import Ari
from tests.lab.lab import PASSWORD


@dataclass(slots=True)
class Conversation:
    """One call. `verdict_at`: AMD's; None: it had none. `joined`: who entered the call's own bridge, and when first."""

    verdict_at: datetime | None = None
    answered_at: datetime | None = None
    joined: dict[str, datetime] = field(default_factory=dict)

    @property
    def two_way_at(self) -> datetime | None:
        """The later of the first two to enter."""
        return sorted(self.joined.values())[1] if len(self.joined) > 1 else None


class Witness:
    """Listens while it is open (a context manager). `conversations`: by attempt id."""

    def __init__(self, lab: Lab) -> None:
        self._ari = Ari(lab.ari_url, PASSWORD, "witness", hears_all=True)
        self.conversations: dict[str, Conversation] = {}
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._ari.__enter__()
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ari.__exit__()
        self._listener.join(5)

    def _listen(self) -> None:
        try:
            for event in self._ari.events():
                channel = event.get("channel", {}).get("id", "")
                at = datetime.strptime(event["timestamp"], "%Y-%m-%dT%H:%M:%S.%f%z")
                match event["type"]:
                    case "ChannelVarset" if event["variable"] == "AMDSTATUS":
                        self._of(channel).verdict_at = at
                    case "ChannelStateChange" if channel.startswith("d") and event["channel"]["state"] == "Up":
                        self._of(channel).answered_at = at
                    case "ChannelEnteredBridge" if event["bridge"]["id"].startswith("b"):
                        self._of(f"d{event['bridge']['id'][1:]}").joined.setdefault(channel, at)
        except (OSError, ValueError):
            return  # closed

    def _of(self, attempt_id: str) -> Conversation:
        return self.conversations.setdefault(attempt_id, Conversation())
