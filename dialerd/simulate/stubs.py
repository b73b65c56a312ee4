"""What flows ask of the world in a simulation: speech that is never heard, and servers that answer or do not.

Not here: the true ones (adapters).
"""

from __future__ import annotations

from collections.abc import MutableMapping

from dialerd.domain.flow.moves import Ask, Did, Undone
from dialerd.domain.habits import Habits
from dialerd.ports import Clock, Dice

_ANSWER_S = 0.3  # of a server, on average
_ANSWER = "1"  # what it is asked for: nobody knows what it would say


class SimulatedSpeech:
    """Implements ports.Speech. How long a text lasts is put into `sounds`, where the exchange looks for it."""

    def __init__(self, habits: Habits, dice: Dice, sounds: MutableMapping[str, float | None]) -> None:
        self._habits = habits
        self._dice = dice
        self._sounds = sounds

    async def speak(self, texts: tuple[str, ...], language: str) -> Did | Undone:
        if self._dice.draw() < self._habits.fails:
            return Undone("no speech was made")
        names = []
        for text in texts:
            length_s = round(max(0.5, len(text) / self._habits.text_per_s), 1)
            names.append(f"spoken/{length_s:g}s")  # all of one length are one to the exchange
            self._sounds[names[-1]] = length_s
        return Did(sounds=tuple(names))


class SimulatedWeb:
    """Implements ports.Web. Answers are drawn by their shares, "1" where nothing is said of one; the share `fails` of
    requests takes its whole time and gets none."""

    def __init__(self, habits: Habits, clock: Clock, dice: Dice) -> None:
        self._habits = habits
        self._clock = clock
        self._dice = dice

    async def ask(self, asked: Ask) -> Did | Undone:
        if self._dice.draw() < self._habits.fails:
            await self._clock.sleep(asked.timeout_s)
            return Undone("the server did not answer")
        await self._clock.sleep(min(asked.timeout_s, _ANSWER_S * (0.5 + self._dice.draw())))
        return Did({name: self._answer(name) for name in asked.answers})

    def _answer(self, name: str) -> str:
        mark = self._dice.draw()
        for value, share in self._habits.answer.get(name, {}).items():
            mark -= share
            if mark < 0.0:
                return value
        return _ANSWER
