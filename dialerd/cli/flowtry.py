"""`dialerd flow try`: walk through a flow in the terminal; keys are typed, what a call would hear is printed.

Not here: the walk (domain/flow/trial.py).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from dialerd import bootstrap
from dialerd.cli.context import Context, one_line
from dialerd.cli.drafts import given as given_flow
from dialerd.cli.flow import flow
from dialerd.domain.errors import BadInputError
from dialerd.domain.flow.trial import Told, Walk, begin_walk
from dialerd.usecases.drafts import FLOW
from dialerd.usecases.flowtrial import scene_of


@flow.command("try")
@click.argument("flow_or_file")
@click.option("--attribute", "given", multiple=True, metavar="NAME=VALUE", help="An attribute of the contact.")
@click.option("--number", default="+12125550199", help="The contact's number.")
@click.option("--zone", default="UTC", help="The contact's time zone.")
@click.pass_obj
def try_flow(context: Context, flow_or_file: str, given: Sequence[str], number: str, zone: str) -> None:
    """Walk through FILE.toml, or the flow of that name, as a person who answers would.

    Type keys and Enter; Enter alone says nothing until the time is over. Where something would be done, Enter says that
    it was and `fail` that it was not; for a web request type the answers asked for. The end of the input hangs up.
    """
    spec = given_flow(context, FLOW, flow_or_file)
    scene = scene_of(number=number, zone=zone, attributes=_attributes(given), now=bootstrap.now())
    _go(begin_walk(spec, scene))


def _go(walk: Walk) -> None:
    try:
        each = next(walk)
        while True:
            if isinstance(each, Told):
                click.echo(one_line(each.text))
                each = next(walk)
            else:
                each = walk.send(_line(f"  {each.prompt}: "))
    except StopIteration:
        return


def _attributes(given: Sequence[str]) -> dict[str, str]:
    wrong = [each for each in given if not each.partition("=")[1] or not each.partition("=")[0]]
    if wrong:
        raise BadInputError(f"--attribute {wrong[0][:60]!r} is not NAME=VALUE", hint="like --attribute balance=99.50")
    return {name: value for name, _, value in (each.partition("=") for each in given)}


def _line(prompt: str) -> str | None:
    """A line that is typed; None at the end of the input."""
    click.echo(prompt, nl=False)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        click.echo(one_line(line.strip()))
    return line.strip() if line else None
