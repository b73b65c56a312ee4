"""How far a route has read its mailbox, kept in the store.

Not here: reading it (adapters/mail).
"""

from __future__ import annotations

from dialerd.ports import Store


class StoredMailbox:
    """Implements ports.Mailbox."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def position(self, route: str) -> tuple[int, int] | None:
        return await self._store.read(lambda unit: unit.messages.mailbox(route))

    async def advance(self, route: str, uidvalidity: int, uid: int) -> None:
        await self._store.write(lambda unit: unit.messages.advance_mailbox(route, uidvalidity, uid))
