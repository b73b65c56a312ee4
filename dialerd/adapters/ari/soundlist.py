"""Which sounds an Asterisk has: those of its index, and those that it plays although the index leaves them out.

Not here: which are wanted (usecases/flows.py), what is missing (domain/soundcheck.py).

The index knows folders of languages. A file that lies beside them is played all the same, in every language, as the
last that Asterisk tries. Only where dialerd is on the same machine can it be seen.
"""

from __future__ import annotations

import asyncio
import os
from ipaddress import ip_address
from urllib.parse import urlsplit

from dialerd.adapters.ari.http import AriHttp, AriStatus, as_object, as_objects
from dialerd.adapters.ari.translate import to_languages
from dialerd.domain.soundcheck import ANY

_FORMATS = frozenset(
    (
        *("wav", "wav16", "WAV", "gsm", "ulaw", "ul", "mu", "pcm", "alaw", "al", "au", "g722", "g719", "g729", "ilbc"),
        *("g726-16", "g726-24", "g726-32", "g726-40", "siren7", "siren14", "vox", "ogg", "opus", "mp3", "sln", "slin"),
        *(f"sln{khz}" for khz in (12, 16, 24, 32, 44, 48, 96, 192)),
    )
)
"""Endings of the files that Asterisk's format modules play."""


async def list_sounds(http: AriHttp) -> dict[str, list[str]] | None:
    """Its sounds, each with the languages that have it; ANY: it is heard in all. None: it does not tell."""
    try:
        told = as_objects(await http.call("GET", "/sounds"))
    except AriStatus:  # res_ari_sounds is not loaded: dialing does not need it
        return None
    known = {str(each.get("id", "")): to_languages(each) for each in told}
    for name in await _beside(http):
        known.setdefault(name, []).append(ANY)
    return known


async def _beside(http: AriHttp) -> list[str]:
    """The sounds that lie beside the folders of languages, where that can be seen."""
    if not is_here(http.url):
        return []
    try:
        found = as_object(await http.call("GET", "/asterisk/variable", params={"variable": "ASTDATADIR"}))
    except AriStatus:
        return []
    data = str(found.get("value") or "")
    return await asyncio.to_thread(_files, os.path.join(data, "sounds")) if data.startswith("/") else []


def _files(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name.rpartition(".") for entry in entries if entry.is_file()]
    except OSError:  # another machine's after all (a container's), or not ours to read
        return []
    return sorted({name for name, _, ending in names if name and ending in _FORMATS})


def is_here(url: str) -> bool:
    """Whether a server's address is of this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
