"""`dialerd backup` and `dialerd restore`.

Not here: how it is done (adapters/sqlite/backup.py).
"""

from __future__ import annotations

from pathlib import Path

import click

from dialerd import bootstrap
from dialerd.cli.context import Context


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup_command(context: Context, target: Path) -> None:
    """Copy the database to the file TARGET; the daemon may go on."""
    bootstrap.backup(context.settings, target)
    click.echo(f"the database is saved in {target}")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Replace it without asking.")
@click.pass_obj
def restore_command(context: Context, source: Path, yes: bool) -> None:
    """Put the backup SOURCE in the database's place; the daemon must be stopped.

    Where the settings name a PostgreSQL, it must be empty, and SOURCE is taken into it.
    """
    if not yes:
        click.confirm(f"Replace {bootstrap.database_place(context.settings)} by {source}?", abort=True)
    kept = bootstrap.restore(context.settings, source)
    click.echo(f"the database is now that of {source}" + (f"; the one before is kept as {kept}" if kept else ""))
