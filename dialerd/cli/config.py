"""`dialerd config`: the settings file.

Not here: its keys (settings.py).
"""

from __future__ import annotations

import click

from dialerd.cli.context import Context, facts_table, with_json


@click.group()
def config() -> None:
    """Check the settings file."""


@config.command()
@with_json
@click.pass_obj
def check(context: Context) -> None:
    """Read the settings file and say what is in it; exit code 2 and the reason if it cannot be used."""
    path, settings = context.found
    for server in settings.asterisk:
        server.secret()  # raises where its file cannot be read
    document = {
        "file": str(path),
        "database": str(settings.database.path),
        "asterisk": [server.name for server in settings.asterisk],
        "trunk": [trunk.name for trunk in settings.trunk],
    }
    context.show(document, lambda: facts_table({**document, "verdict": "the file can be used"}))
