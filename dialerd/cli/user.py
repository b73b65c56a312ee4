"""`dialerd user`: who can sign in at the pages and the API, and what each may do.

Not here: tokens for programs (token.py), the rules (domain/user.py).
"""

from __future__ import annotations

import sys

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, facts_table, simple_table, with_json
from dialerd.domain.user import Role
from dialerd.ports import UserRow
from dialerd.usecases import users as use

_ROLE = click.Choice([str(each) for each in Role])


@click.group()
def user() -> None:
    """Keep the users of the pages and the API. A password is asked for, or read from standard input."""


@user.command()
@click.argument("name")
@click.option("--role", type=_ROLE, required=True, help="What the user may do.")
@click.option("--agent", help="Whose calls the user takes; needed for role agent.")
@click.option("--queue", "queues", multiple=True, help="Hold a supervisor to this queue; may be given several times.")
@click.pass_obj
def create(context: Context, name: str, role: str, agent: str | None, queues: tuple[str, ...]) -> None:
    """Make a user. The first one has to be an admin made here."""
    password_hash = _asked(name)
    with context.change() as unit:
        use.create_user(
            unit,
            name,
            role=Role(role),
            password_hash=password_hash,
            agent=agent,
            queues=queues or None,
            actor=context.actor,
            now=bootstrap.now(),
        )
    click.echo(f"user {name} is made, with role {role}")


@user.command("list")
@with_json
@click.pass_obj
def list_users(context: Context) -> None:
    """List the users."""
    with context.unit() as unit:
        rows = use.list_users(unit)
    documents = [user_document(row) for row in rows]
    columns = ("user", "role", "agent", "queues", "is_disabled", "last_signed_in_at")
    context.show(documents, lambda: simple_table(columns, ([each[column] for column in columns] for each in documents)))


@user.command()
@click.argument("name")
@with_json
@click.pass_obj
def show(context: Context, name: str) -> None:
    """Show one user."""
    with context.unit() as unit:
        document = user_document(use.get_user(unit, name))
    context.show(document, lambda: facts_table(document))


@user.command()
@click.argument("name")
@click.pass_obj
def password(context: Context, name: str) -> None:
    """Give a user another password; the user's sessions end."""
    with context.unit() as unit:
        use.get_user(unit, name)
    _change(context, name, use.Change(password_hash=_asked(name)), "has another password")


@user.command()
@click.argument("name")
@click.option("--role", type=_ROLE, help="What the user may do.")
@click.option("--agent", help='Whose calls the user takes; "" for nobody\'s.')
@click.option("--queue", "queues", multiple=True, help="Hold a supervisor to this queue; may be given several times.")
@click.option("--all-queues", is_flag=True, help="Hold a supervisor to no queue any more.")
@click.pass_obj
def change(
    context: Context, name: str, role: str | None, agent: str | None, queues: tuple[str, ...], all_queues: bool
) -> None:
    """Change what a user may do; the sessions of one who may less now end."""
    if role is None and agent is None and not queues and not all_queues:
        raise click.UsageError("give --role, --agent, --queue or --all-queues")
    if queues and all_queues:
        raise click.UsageError("--queue and --all-queues exclude each other")
    wish = use.Change(
        role=None if role is None else Role(role), agent=agent, queues=queues or None, clears_queues=all_queues
    )
    _change(context, name, wish, "is changed")


@user.command()
@click.argument("name")
@click.pass_obj
def disable(context: Context, name: str) -> None:
    """Let a user sign in no more, and end the user's sessions; tokens do not work either."""
    _change(context, name, use.Change(is_disabled=True), "is disabled")


@user.command()
@click.argument("name")
@click.pass_obj
def enable(context: Context, name: str) -> None:
    """Let a user sign in again."""
    _change(context, name, use.Change(is_disabled=False), "is enabled")


@user.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.pass_obj
def delete(context: Context, name: str, yes: bool) -> None:
    """Delete a user with all tokens; what the user did stays in the audit log."""
    with context.unit() as unit:
        use.get_user(unit, name)
    if not yes:
        click.confirm(f"Delete user {name}?", abort=True)
    with context.change() as unit:
        use.delete_user(unit, name, actor=context.actor, now=bootstrap.now())
    click.echo(f"user {name} is deleted")


def user_document(row: UserRow) -> dict[str, object]:
    """A user as every read shows it."""
    return {
        "user": row.name,
        "role": str(row.role),
        "agent": row.agent,
        "queues": None if row.queues is None else sorted(row.queues),
        "is_disabled": row.is_disabled,
        "created_at": row.created_at,
        "last_signed_in_at": row.last_signed_in_at,
    }


def _change(context: Context, name: str, wish: use.Change, done: str) -> None:
    with context.change() as unit:
        use.change_user(unit, name, wish, actor=context.actor, now=bootstrap.now())
    click.echo(f"user {name} {done}")


def _asked(name: str) -> str:
    """What the password hashes to that a person types twice, or a program writes as one line."""
    if sys.stdin.isatty():
        text = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.readline().rstrip("\r\n")
    return bootstrap.passwords().hash(use.check_password(text, user=name))
