"""Pages for browsers: one file each, with the texts in the program's language; nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ocr_studio.core import resources
from ocr_studio.core.translation import language

_DATA: Final = '<script type="application/json" id="{name}">{{}}</script>'


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page. policy: the Content-Security-Policy that lets it run, and nothing else."""

    html: str
    policy: str


def load_web_page(name: str, **data: Mapping[str, object]) -> WebPage:
    """Load a page.

    Args:
        name: Of its file among the resources.
        data: What is put into its elements of these ids, as JSON.

    Raises:
        ResourceMissing: The file is missing.
    """
    html = resources.resource(f"web/{name}").read_text(encoding="utf-8")
    html = html.replace('<html lang="en">', f'<html lang="{language()}">')
    for key, values in data.items():
        empty = _DATA.format(name=key)
        assert empty in html
        html = html.replace(empty, empty.replace("{}", json.dumps(values, ensure_ascii=False).replace("<", "\\u003c")))
    policy = (
        f"default-src 'none'; script-src {_hash(html, 'script')}; style-src {_hash(html, 'style')};"
        " img-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return WebPage(html, policy)


def _hash(html: str, element: str) -> str:
    """Return the source expression for the content of the page's only script or style sheet."""
    content = re.search(rf"<{element}>(.*?)</{element}>", html, re.DOTALL)
    assert content is not None
    return f"'sha256-{base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()}'"
