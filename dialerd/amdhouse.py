"""Recordings of answered calls for `dialerd amd tune`: found in a folder, labelled, and read as AMD() hears them.

Not here: trying parameters on them (domain/amdtuning.py), the coding of the files (adapters/files/telephonesound.py).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dialerd.adapters.files.telephonesound import ENDINGS, levels_of
from dialerd.domain.amdtuning import Heard
from dialerd.domain.errors import BadInputError
from dialerd.domain.words import AttemptId, Verdict

_ATTEMPT = re.compile(r"d[0-9a-f]{32}")
_LABELS = {"human": Verdict.HUMAN, "person": Verdict.HUMAN, "machine": Verdict.MACHINE}
_MOST = 20_000

Told = Callable[[Collection[AttemptId]], Mapping[AttemptId, Verdict]]
"""What agents found, of those attempts of which they said it."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was found. `left_out`: files of which nobody has said who answered."""

    heard: tuple[Heard, ...]
    left_out: int


def read_corpus(folder: Path, *, labels: Path | None, told: Told | None, seconds: float) -> Corpus:
    """The recordings under `folder`, their first `seconds`: labelled by the CSV file `labels`, by what agents `told` of
    the attempt in the file's name, else by lying in a folder `human` or `machine`. Raises BadInputError."""
    files = sorted(each for each in folder.rglob("*") if each.suffix.lower() in ENDINGS and each.is_file())
    if not files:
        raise BadInputError(f"{folder} has no recordings", hint=f"they end in {', '.join(ENDINGS)}")
    if len(files) > _MOST:
        raise BadInputError(f"{folder} has {len(files)} recordings", hint=f"give a folder with {_MOST} at most")
    if labels is not None:
        verdicts = _by_table(folder, labels)
    elif told is not None:
        verdicts = _by_agents(files, told)
    else:
        verdicts = {each: verdict for each in files if (verdict := _by_folder(folder, each)) is not None}
    heard = tuple(
        Heard(str(each.relative_to(folder)), verdicts[each] is Verdict.MACHINE, levels_of(each, seconds=seconds))
        for each in files
        if each in verdicts
    )
    if not heard:
        way = "put them in folders human and machine, or give --labels or --by-agents"
        raise BadInputError(f"of none of the {len(files)} recordings it is known who answered", hint=way)
    return Corpus(heard, len(files) - len(heard))


def attempts_in(folder: Path) -> dict[AttemptId, Path]:
    """The recordings under `folder` with an attempt's id in their names. Raises BadInputError."""
    files = (each for each in folder.rglob("*") if each.suffix.lower() in ENDINGS and each.is_file())
    named = {AttemptId(found[0]): each for each in files if (found := _ATTEMPT.search(each.name))}
    if not named:
        hint = (
            "set DIALERD_AMD_RECORD in extensions_dialerd.conf, and give the folder recording/amd of Asterisk's spool"
        )
        raise BadInputError(f"{folder} has no recording with an attempt's id in its name", hint=hint)
    return named


def heard_in(file: Path, *, seconds: float) -> list[int]:
    """The level of each frame of a recording's first seconds. Raises BadInputError."""
    return levels_of(file, seconds=seconds)


def _by_folder(folder: Path, file: Path) -> Verdict | None:
    names = file.relative_to(folder).parts[:-1][::-1]
    return next((_LABELS[name.lower()] for name in (*names, folder.name) if name.lower() in _LABELS), None)


def _by_table(folder: Path, labels: Path) -> dict[Path, Verdict]:
    return dict(_rows(folder, labels))


def _rows(folder: Path, labels: Path) -> Iterator[tuple[Path, Verdict]]:
    hint = "give a CSV file with the columns file and label, where label is human or machine"
    try:
        with labels.open(encoding="utf-8-sig", newline="") as text:
            for number, row in enumerate(csv.DictReader(text), start=2):
                label = (row.get("label") or "").strip().lower()
                if not row.get("file") or label not in _LABELS:
                    raise BadInputError(f"{labels}: line {number} has no file, or a label {label[:40]!r}", hint=hint)
                yield folder / row["file"], _LABELS[label]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"{labels} cannot be read: {error}", hint=hint) from error


def _by_agents(files: Collection[Path], told: Told) -> dict[Path, Verdict]:
    named = {each: AttemptId(found[0]) for each in files if (found := _ATTEMPT.search(each.name))}
    verdicts = told(set(named.values()))
    return {each: verdicts[attempt_id] for each, attempt_id in named.items() if attempt_id in verdicts}
