"""`dialerd help`: the manual by chapters, and how a command is used.

Not here: the manual itself: it is README.md, to which data/README.md leads, so that it is installed with the package.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown

from dialerd.cli.context import simple_table, terminal

MANUAL = Path(__file__).parents[1] / "data" / "README.md"
_WIDEST = 120


@dataclass(frozen=True, slots=True)
class Chapter:
    """One heading with what stands below it, up to the next heading of its level."""

    title: str
    level: int
    text: str

    @property
    def name(self) -> str:
        """As it is typed: `A first campaign` is a-first-campaign."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


@click.command("help")
@click.argument("words", nargs=-1, metavar="[CHAPTER | COMMAND...]")
@click.pass_context
def help_command(click_context: click.Context, words: Sequence[str]) -> None:
    """Show a chapter of the manual, or how a command is used; without either, list the chapters.

    The first letters of a chapter's name are enough.
    """
    chapters = list(read_manual(MANUAL.read_text("utf-8")))
    if not words:
        click.echo("dialerd help CHAPTER shows one of these; dialerd --help lists the commands.\n")
        terminal().print(simple_table(("chapter", "title"), ((each.name, _indented(each)) for each in chapters)))
        return
    command = _found(click_context.find_root(), words)
    if command is not None:
        click.echo(command)
    wanted = "-".join(words).lower()
    exact = [each for each in chapters if each.name == wanted]
    near = [each for each in chapters if each.name.startswith(wanted)] or [
        each for each in chapters if wanted in each.name
    ]
    found = exact or (near if command is None and len(near) == 1 else [])
    if found:
        _show(found[0])
    elif near:
        click.echo(f"\nChapters of the manual: {', '.join(f'dialerd help {each.name}' for each in near)}")
    elif command is None:
        raise click.UsageError(f"there is no chapter and no command {' '.join(words)}: dialerd help lists the chapters")


def read_manual(text: str) -> Iterator[Chapter]:
    """The chapters (level 2) and their parts (level 3) in their order."""
    lines, is_code = text.splitlines(), False
    heads: list[tuple[int, int]] = []  # (line, level)
    for n, line in enumerate(lines):
        is_code ^= line.lstrip().startswith("```")
        if not is_code and (found := re.match(r"(##|###) ", line)):
            heads.append((n, len(found[1])))
    for at, (n, level) in enumerate(heads):
        end = next((line for line, other in heads[at + 1 :] if other <= level), len(lines))
        yield Chapter(lines[n].lstrip("# "), level, "\n".join(lines[n:end]).strip())


def _indented(chapter: Chapter) -> str:
    return "  " * (chapter.level - 2) + chapter.title


def _found(root: click.Context, words: Sequence[str]) -> str | None:
    """How the command of these words is used; None: there is none."""
    context, command = root, root.command
    for word in words:
        below = command.get_command(context, word) if isinstance(command, click.Group) else None
        if below is None:
            return None
        command, context = below, click.Context(below, info_name=word, parent=context)
    return command.get_help(context)


def _show(chapter: Chapter) -> None:
    """As it is where a program reads it; laid out, and by pages, where a person does."""
    if not sys.stdout.isatty():
        click.echo(chapter.text)
        return
    console = Console(width=min(terminal().width, _WIDEST), force_terminal=True)
    with console.capture() as laid_out:
        console.print(Markdown(chapter.text, hyperlinks=False))
    click.echo_via_pager(laid_out.get())
