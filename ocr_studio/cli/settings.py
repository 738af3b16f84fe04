"""The settings as commands use them."""

from __future__ import annotations

from collections.abc import Collection

from ocr_studio.cli.terminal.console import complain
from ocr_studio.core import settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import Kind
from ocr_studio.core.settings import Settings
from ocr_studio.jobs.reading.read import OcrService


def complain_of_runtime(ocr_service: OcrService) -> None:
    """Print why another library ran the networks than was asked for, or another model than a writer's profile."""
    if ocr_service.notice:
        complain(str(ocr_service.notice))
    for error in ocr_service.profile_errors.values():
        complain(error)


def settings_for(kinds: Collection[Kind]) -> Settings:
    """Load the settings, and report selected models of these kinds and included ones that can't be used."""
    chosen = settings.load()
    for damaged in registry.damaged() if kinds else ():
        if damaged.of_program:  # it may have been the default
            complain(damaged.error)
    for kind in kinds:
        name = settings.chosen_model(kind)
        if name is not None and not registry.can_be_chosen(name, kind):
            instead = chosen.reads_with() if kind == "recognizer" else chosen.finds_with()
            what = f"the selected {kind} “{name}” is missing or damaged; using “{instead}” instead"
            complain(StudioError(what, remedy='Select another one with "ocr-studio models use NAME".'))
    return chosen
