"""Documents with the user's corrections, and pictures of what browsers can't show."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
from lxml import etree
from PIL import Image
from starlette.testclient import TestClient

from tests import drawn
from tests.server.api.made_service import made_client

PHOTO = drawn.file_of(drawn.board(400, 200), "JPEG")


@pytest.fixture
def client() -> Iterator[TestClient]:
    with made_client() as made:
        yield made


def read(client: TestClient, photo: bytes = PHOTO) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = client.post("/api/v1/read", files={"files": ("board.jpg", photo)}).json()
    for page in pages:
        page["width"], page["height"] = 400, 200
    return pages


def export(client: TestClient, pages: object, kind: str, photo: bytes = PHOTO) -> Any:
    sent = pages if isinstance(pages, str) else json.dumps(pages)
    return client.post(f"/api/v1/export?format={kind}", data={"pages": sent}, files={"files": ("board.jpg", photo)})


def test_a_document_has_the_corrected_words_and_the_others_as_they_were(client: TestClient) -> None:
    pages = read(client)
    pages[0]["words"][0].update(text="Load", confidence=None, state="corrected", block=1)
    pages[0]["words"][1]["block"] = 2
    assert export(client, pages, "md").text == "Load\n\nbalancer\n"
    found = etree.fromstring(export(client, pages, "page").content)
    texts = found.xpath("//*[local-name()='Word']/*[local-name()='TextEquiv'][1]/*[local-name()='Unicode']/text()")
    assert texts == ["Load", "balancer"]
    answered = export(client, pages, "json").json()
    assert [word["quad"] for word in answered["words"]] == [word["quad"] for word in pages[0]["words"]]
    assert export(client, pages, "pdf").content.startswith(b"%PDF")


def send_words_as_file(client: TestClient, words: bytes, photos: int = 1) -> Any:
    files = [("files", (f"{number}.jpg", PHOTO)) for number in range(photos)]
    return client.post("/api/v1/export?format=text", files=[*files, ("pages", ("r.json", words))])


def test_words_can_be_sent_as_a_file(client: TestClient) -> None:
    pages = read(client)
    pages[0]["words"][0].update(text="Köln")
    words = json.dumps(pages, ensure_ascii=False).encode()
    answer = send_words_as_file(client, words)
    assert (answer.status_code, answer.text) == (200, "Köln balancer\n")
    assert send_words_as_file(client, json.dumps(pages * 20).encode(), photos=20).status_code == 200
    assert send_words_as_file(client, words, photos=21).status_code == 400
    long = send_words_as_file(client, b" " * (8 << 20) + words)
    said = "“pages” is larger than 8 MB. Send less at once."
    assert (long.status_code, long.json()["detail"]) == (413, said)


def test_the_item_that_is_wrong_is_named(client: TestClient) -> None:
    assert export(client, [*read(client), 1], "text").json()["detail"] == "pages: item 2: it must be an object."
    assert export(client, "1", "text").json()["detail"] == "pages: it must be an object."


def test_photos_that_could_not_be_read_are_left_out_of_the_document(client: TestClient) -> None:
    """As reading left them out: the first at its header, the second when it was decoded."""
    photos = [("a.jpg", PHOTO[:300]), ("b.jpg", PHOTO[: len(PHOTO) // 2]), ("c.jpg", PHOTO)]
    files = [("files", photo) for photo in photos]
    answer = client.post("/api/v1/export?format=text", files=files, data={"pages": json.dumps(read(client))})
    assert (answer.status_code, answer.text) == (200, "load balancer\n")
    said = json.loads(answer.headers["X-Ocr-Studio-Warnings"])
    assert [each[:6] for each in said] == ["a.jpg:", "b.jpg:"]


@pytest.mark.parametrize("sent", ["", "no JSON", "[]", "[1]", '[{"image": 1}]', "[" * 100_000])
def test_wrong_words_are_refused(client: TestClient, sent: str) -> None:
    answer = export(client, sent, "text")
    assert answer.status_code == 422
    assert "/tmp" not in answer.text


def test_words_of_another_photo_are_refused(client: TestClient) -> None:
    pages = read(client)
    pages[0]["height"] = 4000
    assert export(client, pages, "text").status_code == 422
    assert export(client, read(client) * 2, "text").status_code == 422


def test_formats_of_one_photo_are_not_made_of_two(client: TestClient) -> None:
    files = [("files", (f"{number}.jpg", PHOTO)) for number in range(2)]
    assert client.post("/api/v1/read?format=page", files=files).status_code == 422
    assert client.post("/api/v1/read?format=text", files=files).status_code == 200


def test_a_page_of_a_scan_is_shown_as_a_picture(client: TestClient) -> None:
    scan = io.BytesIO()
    pages = [Image.new("L", (3000, 1500), grey) for grey in (200, 60)]
    pages[0].save(scan, "TIFF", save_all=True, append_images=pages[1:])
    files = {"files": ("scan.tif", scan.getvalue())}
    answer = client.post("/api/v1/picture?page=2", files=files)
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (2400, 1200)
        assert picture.convert("L").getpixel((5, 5)) == pytest.approx(60, abs=2)
    assert client.post("/api/v1/picture?page=3", files=files).status_code == 422
    assert client.post("/api/v1/picture?page=0", files=files).status_code == 422


def test_pages_of_a_damaged_scan_have_the_numbers_that_they_are_read_by(client: TestClient) -> None:
    made = io.BytesIO()
    first, *others = [Image.new("L", (60 * number, 40), 200) for number in (1, 2, 3)]
    first.save(made, "PDF", save_all=True, append_images=others)
    with pikepdf.open(made) as pdf:
        pdf.pages[1].obj.Type = pikepdf.Name.NoPage
        pdf.save(scan := io.BytesIO())
    files = {"files": ("scan.pdf", scan.getvalue())}
    assert [page["image"] for page in client.post("/api/v1/read", files=files).json()] == ["scan #1.pdf", "scan #3.pdf"]
    shapes = []
    for number in (1, 3):
        with Image.open(io.BytesIO(client.post(f"/api/v1/picture?page={number}", files=files).content)) as picture:
            shapes.append(round(picture.width / picture.height, 1))
    assert shapes == [1.5, 4.5]
    lost = client.post("/api/v1/picture?page=2", files=files)
    said = "The file has no page 2 that can be read. scan.pdf: it is damaged: page 2 of 3 is lost."
    assert (lost.status_code, lost.json()["detail"].startswith(said)) == (422, True)
