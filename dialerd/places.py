"""Where the paths of the settings file lead: beside the file, or to a credential that systemd has handed over.

Not here: which keys are paths (settings.py and its sections).
"""

from __future__ import annotations

import os
from pathlib import Path

CREDENTIALS = "$CREDENTIALS_DIRECTORY"
"""A path that begins so is a credential of systemd's: LoadCredential= in systemd.exec(5)."""

OF_UNIT = Path("/run/credentials/dialerd.service")
"""Where systemd keeps them while the unit runs: commands typed beside the daemon have no variable that says so."""


def placed(home: Path, path: Path) -> Path:
    """The whole path. `home`: the settings file's folder, which relative ones are relative to."""
    if path.parts[:1] != (CREDENTIALS,):
        return home / path
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return (Path(folder) if folder else OF_UNIT).joinpath(*path.parts[1:])


def why_unreadable(path: Path) -> str:
    """What to do about a secret's file that cannot be read."""
    if path.is_relative_to(OF_UNIT):
        return "systemd has it there while the unit dialerd runs: start it, or give a password_file of your own"
    return "make it readable for the user dialerd runs as"
