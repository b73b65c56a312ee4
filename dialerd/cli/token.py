"""`dialerd token`: tokens with which programs use the API in the name of a user.

Not here: users (user.py).
"""

from __future__ import annotations

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, simple_table, with_json
from dialerd.ports import TokenRow
from dialerd.usecases import tokens as use


@click.group()
def token() -> None:
    """Keep the tokens of programs that use the API."""


@token.command()
@click.argument("name")
@click.option("--user", required=True, help="In whose name it asks; it may do what this user may.")
@click.option("--days", type=click.IntRange(1, use.MOST_DAYS), help="Good for so many days (default: until revoked).")
@with_json
@click.pass_obj
def create(context: Context, name: str, user: str, days: int | None) -> None:
    """Make a token and print it. It is shown this once only."""
    secret = bootstrap.draw_secret()
    with context.change() as unit:
        row = use.create_token(unit, name, secret, user=user, days=days, actor=context.actor, now=bootstrap.now())
    context.show({"token": secret, **token_document(row)}, lambda: secret)


@token.command("list")
@with_json
@click.pass_obj
def list_tokens(context: Context) -> None:
    """List the tokens, never what they are."""
    with context.unit() as unit:
        documents = [token_document(row) for row in use.list_tokens(unit)]
    columns = ("name", "user", "role", "created_at", "expires_at", "used_at")
    context.show(documents, lambda: simple_table(columns, ([each[column] for column in columns] for each in documents)))


@token.command()
@click.argument("name")
@click.pass_obj
def revoke(context: Context, name: str) -> None:
    """Make a token good for nothing, at once."""
    with context.change() as unit:
        use.revoke_token(unit, name, actor=context.actor, now=bootstrap.now())
    click.echo(f"token {name} is revoked")


def token_document(row: TokenRow) -> dict[str, object]:
    """A token as every read shows it."""
    return {
        "name": row.name,
        "user": row.user.name,
        "role": str(row.user.role),
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "used_at": row.used_at,
    }
