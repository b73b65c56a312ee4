"""Asterisk's own configuration files, as far as doctor reads them: sections of keys, includes and templates followed.

Not here: which keys matter and what of them is wrong (doctor/conffiles.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dialerd.domain.errors import BadInputError

NAMES = ("asterisk.conf", "http.conf", "ari.conf", "manager.conf", "rtp.conf", "extensions.conf")

_SECTION = re.compile(r"\[([^]]+)\](?:\(([^)]*)\))?")
_INCLUDE = re.compile(r"#\s*(?:try)?include\s+(.+)", re.I)
_COMMENT = re.compile(r";--.*?--;", re.S)
_DEPTH = 10

_WHO = "run it as root, or as the user asterisk"

Sections = Mapping[str, Mapping[str, str]]
"""By name; of a key that is set twice the last one counts, as in Asterisk. Keys are in small letters."""


def read_conf_folder(folder: Path) -> dict[str, Sections | None]:
    """The files of NAMES; None: it is not there. Raises BadInputError where one cannot be read."""
    if not folder.is_dir():
        raise BadInputError(f"{folder} is no folder", hint="give the one with Asterisk's configuration: /etc/asterisk")
    try:
        return {name: _sections(folder, folder / name) if (folder / name).exists() else None for name in NAMES}
    except PermissionError as error:  # of the folder
        raise BadInputError(f"{folder} cannot be read: {error.strerror}", hint=_WHO) from error


def _sections(folder: Path, path: Path) -> Sections:
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in _lines(folder, path, 0):
        if section := _SECTION.match(line):
            current = found.setdefault(section[1].strip(), {})
            for template in (section[2] or "").split(","):
                current.update(found.get(template.strip(), {}))
        elif "=" in line:
            key, _, value = line.partition("=")
            current[key.strip().lower()] = value.removeprefix(">").strip()
    return found


def _lines(folder: Path, path: Path, depth: int) -> Iterator[str]:
    """Without comments; of what is included each in its place."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}", hint=_WHO) from error
    for raw in _COMMENT.sub("", text).splitlines():
        line = re.sub(r"(?<!\\);.*", "", raw).strip()
        if not (include := _INCLUDE.match(line)):
            yield line
        elif depth < _DEPTH:
            for each in _named(folder, include[1].strip().strip('"<>')):
                yield from _lines(folder, each, depth + 1)


def _named(folder: Path, name: str) -> list[Path]:
    """The files that an include names, which may be a pattern. One that is missing is Asterisk's to complain of."""
    place = Path(name)
    root, pattern = (Path("/"), str(place.relative_to("/"))) if place.is_absolute() else (folder, name)
    return sorted(each for each in root.glob(pattern) if each.is_file()) if pattern else []
