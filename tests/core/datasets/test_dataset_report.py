"""What an export says of what it has left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets.report import LeftOut, Reason, Report


@pytest.mark.parametrize("drawn", [False, True])
def test_only_where_a_person_drew_boxes_it_is_said_what_they_most_often_did_wrong(drawn: bool) -> None:
    left_out = tuple(LeftOut("p", "a.png", "w", "queues", reason) for reason in (Reason.NARROW, Reason.EMPTY))
    report = Report(
        Path("out"), "ocr-studio", "words", 3, 1, 0, 0, 1, 0, 1, 1, 0, "none", "a", "", left_out, synthetic=drawn
    )
    narrow = {why.partition(";")[0]: count for count, why in dataset_report.list_reasons(report)}
    assert narrow == {"the box is too narrow for the text": 1, "no text": 1}
    assert ("the writing is rotated" in "\n".join(dataset_report.render(report))) is not drawn
