"""The words of replies (STOP, START, HELP), read from dialerd's own data.

Not here: what they mean (domain/replywords.py).
"""

from __future__ import annotations

from importlib import resources

from dialerd.domain.replywords import ReplyWords, read_reply_words
from dialerd.domain.tomltext import read_toml

_SOURCE = "dialerd's replywords.toml"


def shipped_reply_words() -> ReplyWords:
    text = (resources.files("dialerd") / "data" / "replywords.toml").read_text("utf-8")
    return read_reply_words(read_toml(text, source=_SOURCE), source=_SOURCE)
