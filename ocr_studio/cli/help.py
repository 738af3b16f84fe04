"""The command ``ocr-studio help``: the help pages, as text."""

from __future__ import annotations

import argparse

from ocr_studio.cli.terminal.console import GOOD, command_parser
from ocr_studio.core.help import help_pages


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser("help", "Show a help page, or list them all.", "")
    made.add_argument("topic", nargs="?", metavar="TOPIC", help="name of the page; without it, list all pages")
    return made


def work(options: argparse.Namespace) -> int:
    """Print a page as Markdown, or the topics with their summaries.

    Returns:
        The exit status.
    """
    if options.topic is None:
        width = max(map(len, help_pages.TOPICS))
        for page in help_pages.load_pages():
            print(f"{page.topic:<{width}}  {page.summary}")
        return GOOD
    print(help_pages.find_page(options.topic).text.rstrip())
    return GOOD
