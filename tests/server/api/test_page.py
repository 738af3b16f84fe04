"""The page for browsers: complete, and closed against everything from elsewhere."""

from __future__ import annotations

import json
import re

from ocr_studio.server.api.options import ServiceLimits
from ocr_studio.server.api.page import load_page
from tests.server.api.made_service import made_client


def test_it_loads_nothing_from_elsewhere_and_runs_nothing_else() -> None:
    with made_client() as client:
        answer = client.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    without_names = answer.text.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|//cdn|@import|url\(| src=\"| style=\"| on\w+=\"", without_names)


def test_every_text_is_there_and_used() -> None:
    html = load_page(ServiceLimits()).html
    found = re.search(r'id="texts">(.*?)</script>', html)
    assert found is not None
    used = set(re.findall(r'say\("(\w+)"', html)) | set(re.findall(r'data-say="(\w+)"', html))
    states = {f"state_{state}" for state in ("waiting", "reading", "read", "failed")}
    assert set(json.loads(found[1])) == used | states


def test_it_says_where_photos_go() -> None:
    found = re.search(r'id="options">(.*?)</script>', load_page(ServiceLimits(), kept_in="</script>Boards").html)
    assert found is not None
    options = json.loads(found[1])
    assert (options["folder"], options["bytes"]) == ("</script>Boards", 32 << 20)
    assert [name for name, _, _ in options["formats"]] == ["text", "pdf", "md", "json", "page", "alto", "hocr"]


def test_every_label_belongs_to_a_field_and_every_button_has_a_text() -> None:
    html = load_page(ServiceLimits()).html
    ids = set(re.findall(r' id="([\w-]+)"', html))
    assert set(re.findall(r'<label [^>]*for="([\w-]+)"', html)) <= ids
    assert set(re.findall(r'at\("([\w-]+)"\)', html)) <= ids
    assert all("data-say=" in button for button in re.findall(r"<button[^>]*>", html))
