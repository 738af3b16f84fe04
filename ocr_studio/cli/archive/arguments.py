"""Types of arguments that the actions of ``ocr-studio archive`` share."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ocr_studio.core.command_line import visible


def address(text: str) -> str:
    """Convert an argument to a path or address. Raises argparse.ArgumentTypeError if it is empty."""
    if not text:
        raise argparse.ArgumentTypeError("empty path")
    return text


def number_up_to(most: int) -> Callable[[str], int]:
    """Return a function that converts an argument to a number from 1 on."""

    def convert(text: str) -> int:
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
            raise argparse.ArgumentTypeError(f"must be a number from 1 to {most}, not “{visible(text)}”")
        return int(text)

    return convert
