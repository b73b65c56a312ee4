"""Which session goes on as which other one: another password, or signing in again, gives a browser a new secret, and
what it has open goes on with that.

Not here: what is open (sockets.py). Kept in memory only: sockets do not outlive their daemon either.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from dialerd.usecases.signin import Credential

_KEPT = 10_000  # sessions; of a shift there are fewer


class Successors:
    """One per daemon, by the digests of the secrets."""

    def __init__(self) -> None:
        self._next: OrderedDict[str, str | None] = OrderedDict()

    def goes_on_as(self, before: Credential, after: Credential) -> None:
        self._note(before.digest, after.digest)

    def is_ended(self, credential: Credential) -> None:
        """Somebody has signed out, and nothing goes on."""
        self._note(credential.digest, None)

    def latest(self, credential: Credential | None) -> Credential | None:
        """What a session has become; None: it was signed out, or there was none."""
        if credential is None or credential.is_token:
            return credential
        digest: str | None = credential.digest
        for _ in range(len(self._next)):  # a secret is drawn anew each time: there is no ring, and no longer way
            if digest is None or digest not in self._next:
                break
            digest = self._next[digest]
        return None if digest is None else replace(credential, digest=digest)

    def _note(self, before: str, after: str | None) -> None:
        self._next[before] = after
        while len(self._next) > _KEPT:
            self._next.popitem(last=False)
