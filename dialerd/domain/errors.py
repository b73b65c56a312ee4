"""The one tree of errors.

    DialerdError                what happened, where, and what to do
    ├── SettingsError           the settings file cannot be used (exit code 2)
    ├── RefusedError            a person asked for something that cannot be done now (exit code 1)
    │   ├── NotFoundError       no such campaign, list, contact, ...
    │   ├── AlreadyExistsError  the name is taken
    │   ├── IllegalActionError  not possible in this state; says what is
    │   ├── BadInputError       a file or value cannot be used
    │   ├── NotSignedInError    nobody, or nobody any more, is known to ask
    │   ├── ForbiddenError      that is not for whoever asks
    │   ├── ChangedError        it has been changed since it was looked at
    │   └── TryLaterError       too many tries; says how long to wait
    ├── StoreError              the database cannot be used
    └── ExchangeError           an Asterisk cannot be used (unreachable, wrong password, not set up)

Not here: "the channel is gone". Between two machines that is a normal result (ports.Gone), not an error.
"""

from __future__ import annotations


class DialerdError(Exception):
    """Base of all errors dialerd raises on purpose. `hint` is what the reader can do about it."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class SettingsError(DialerdError):
    """The settings file is missing, unreadable or wrong; names file, key and remedy."""

    exit_code = 2


class RefusedError(DialerdError):
    """What was asked cannot be done; nothing was changed."""


class NotFoundError(RefusedError):
    """The thing named does not exist."""


class AlreadyExistsError(RefusedError):
    """The name is already taken."""


class IllegalActionError(RefusedError):
    """The action is not possible in the present state."""


class BadInputError(RefusedError):
    """A file or a value given by a person cannot be used."""


class NotSignedInError(RefusedError):
    """Nobody is signed in, or the session or token is over."""


class ForbiddenError(RefusedError):
    """Whoever asks has no right to it."""


class ChangedError(RefusedError):
    """What is to be edited is not any more what the editor has seen."""


class TryLaterError(RefusedError):
    """Asked for too often. `wait_s`: when it is looked at again."""

    def __init__(self, message: str, *, wait_s: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.wait_s = wait_s


class StoreError(DialerdError):
    """The database cannot be opened, read or written. `may_pass`: the same may well be done a little later, since it
    was a full disk's, another program's or the network's doing. `is_damage`: or never, as with a disk that cannot be
    read at some place."""

    def __init__(self, message: str, *, hint: str = "", may_pass: bool = False, is_damage: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.may_pass = may_pass
        self.is_damage = is_damage


class ExchangeError(DialerdError):
    """An Asterisk server cannot be used: unreachable, refuses us, or is not set up for dialerd."""
