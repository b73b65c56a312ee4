"""What dialerd writes back by itself to a STOP or a HELP: a text per language, and which of them somebody gets.

Not here: the words that ask for it (replywords.py), when one is due (usecases/answering.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from dialerd.domain.replywords import Wish

CONVERSATION = timedelta(hours=12)
"""Within it somebody gets each kind of answer once: a machine that answers us is not answered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A route's texts by language (ISO 639), the first one for everybody else: who we are and how to stop (`help`),
    and the one message that may follow on an opt-out to confirm it (`stopped`; 47 CFR 64.1200(a)(12))."""

    help: Mapping[str, str] = field(default_factory=dict)
    stopped: Mapping[str, str] = field(default_factory=dict)

    def to(self, wish: Wish | None, *, languages: Iterable[str | None]) -> str | None:
        """The text in the first of those languages that there is one in; None: nothing is written back."""
        texts = {Wish.HELP: self.help, Wish.STOP: self.stopped}.get(wish, {}) if wish is not None else {}
        known = (language.partition("-")[0].lower() for language in languages if language)
        return next((texts[each] for each in known if each in texts), next(iter(texts.values()), None))


NO_ANSWERS = Answers()
