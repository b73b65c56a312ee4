"""`dialerd config`: the settings file.

Not here: its keys (settings.py).
"""

from __future__ import annotations

import click

from dialerd import operating
from dialerd.cli.context import Context, facts_table, with_json
from dialerd.reloading import Changes


@click.group()
def config() -> None:
    """Check the settings file."""


@config.command()
@with_json
@click.pass_obj
def check(context: Context) -> None:
    """Read the settings file, say what is in it and what of it a running daemon does not go by yet.

    Exit code 2 and the reason if it cannot be used.
    """
    path, settings = context.found
    for server in settings.asterisk:
        server.secret()  # raises where its file cannot be read
    settings.database.secret()
    found = operating.changed(settings)
    document = {
        "file": str(path),
        "database": settings.database.url or str(settings.database.path),
        "asterisk": [server.name for server in settings.asterisk],
        "trunk": [trunk.name for trunk in settings.trunk],
        "daemon": None if found is None else {"reload": found.live, "restart": found.restart},
    }
    seen = {
        **{key: value for key, value in document.items() if key != "daemon"},
        **({} if found is None else {"the running daemon": as_sentence(found)}),
        "verdict": "the file can be used",
    }
    context.show(document, lambda: facts_table(seen))


def as_sentence(found: Changes) -> str:
    if not found.live and not found.restart:
        return "goes by this file"
    parts = [f"differs in {', '.join(found.live)} (dialerd daemon reload)"] if found.live else []
    return "; ".join([*parts, *([f"takes {', '.join(found.restart)} with a restart"] if found.restart else [])])
