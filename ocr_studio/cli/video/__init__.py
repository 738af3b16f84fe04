"""The command ``ocr-studio video``: photos of the board from a video, read and saved with their times."""

from ocr_studio.cli.video.states import parser, work

__all__ = ["parser", "work"]
