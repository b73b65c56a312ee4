"""The parts of incoming texts, kept in the store.

Not here: putting them together (adapters/sms/assembly.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from dialerd.ports import Piece, Store


class StoredPieces:
    """Implements ports.Pieces."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def kept(self, route: str) -> Sequence[Piece]:
        return await self._store.read(lambda unit: unit.messages.pieces(route))

    async def keep(self, route: str, piece: Piece) -> None:
        await self._store.write(lambda unit: unit.messages.add_piece(route, piece))

    async def forget(self, route: str, piece: Piece) -> None:
        await self._store.write(lambda unit: unit.messages.forget_pieces(route, piece))
