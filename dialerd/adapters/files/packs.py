"""Reading regulation packs: those that come with dialerd, and an admin's own from a folder.

Not here: what a pack is (domain/regulation).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from dialerd.domain.errors import BadInputError
from dialerd.domain.regulation import Pack, Rulebook, read_pack
from dialerd.domain.tomltext import read_toml


def read_rulebook(folder: Path | None) -> Rulebook:
    """Every pack by its file's name; one of the folder takes the place of dialerd's own of that name.

    Raises BadInputError naming the file.
    """
    packs = {pack.name: pack for pack in _shipped()}
    if folder is not None:
        packs |= {pack.name: pack for pack in _own(folder)}
    book = Rulebook(packs)
    for pack in packs.values():
        book.of((pack.name,))  # every pack that is included is there
    return book


def read_pack_file(path: Path) -> Pack:
    """One pack from its file. Raises BadInputError naming it."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}", hint="check its name and rights") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is not UTF-8 text", hint="save it as UTF-8") from error
    return _parse(path.stem, text, source=str(path))


def _shipped() -> Iterator[Pack]:
    for entry in (resources.files("dialerd") / "data" / "regulations").iterdir():
        if entry.name.endswith(".toml"):
            yield _parse(entry.name.removesuffix(".toml"), entry.read_text("utf-8"), source=f"dialerd's {entry.name}")


def _own(folder: Path) -> Iterator[Pack]:
    try:
        files = sorted(folder.glob("*.toml"))
        if not folder.is_dir():
            raise NotADirectoryError(20, "is no folder")
    except OSError as error:
        raise BadInputError(
            f"[regulations] folder {folder} cannot be read: {error.strerror}", hint="check the path in the settings"
        ) from error
    yield from (read_pack_file(path) for path in files)


def _parse(name: str, text: str, *, source: str) -> Pack:
    return read_pack(name, read_toml(text, source=source), source=source)
