"""The books of the simulated bridges: who is in which, and who is left behind in one.

Not here: what becomes of those who are (exchange.py, legs.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from dialerd.domain.words import BridgeId, LegId, Person

Party = LegId | Person


class Bridges:
    """A party is in one bridge at most; a bridge stays until it is removed, empty or not."""

    def __init__(self) -> None:
        self._parties: dict[BridgeId, set[Party]] = {}
        self._bridge: dict[Party, BridgeId] = {}

    def __iter__(self) -> Iterator[BridgeId]:
        return iter(self._parties)

    def __contains__(self, bridge_id: BridgeId) -> bool:
        return bridge_id in self._parties

    def put(self, bridge_id: BridgeId, *parties: Party) -> set[Party]:
        """These and nobody else are in that bridge, and in no other. Back comes who has lost somebody by it."""
        lost = self.remove(bridge_id).union(*(self.leave(each) for each in parties))
        self._parties[bridge_id] = set(parties)
        self._bridge.update(dict.fromkeys(parties, bridge_id))
        return lost.difference(parties)

    def join(self, bridge_id: BridgeId, party: Party) -> set[Party]:
        """Beside whoever is in that bridge, and in no other. Back comes who has lost them by it."""
        lost = self.leave(party)
        self._parties[bridge_id].add(party)
        self._bridge[party] = bridge_id
        return lost - self._parties[bridge_id]

    def leave(self, party: Party) -> set[Party]:
        """Back comes who is left behind."""
        bridge_id = self._bridge.pop(party, None)
        if bridge_id is None:
            return set()
        self._parties[bridge_id].discard(party)
        return set(self._parties[bridge_id])

    def remove(self, bridge_id: BridgeId) -> set[Party]:
        """Back comes who was in it."""
        parties = self._parties.pop(bridge_id, set())
        for each in parties:
            del self._bridge[each]
        return parties

    def clear(self) -> None:
        self._parties.clear()
        self._bridge.clear()

    def of(self, party: Party) -> tuple[BridgeId | None, set[Party]]:
        """The bridge a party is in, and with whom; None: in none."""
        bridge_id = self._bridge.get(party)
        return bridge_id, (set() if bridge_id is None else self._parties[bridge_id] - {party})
