"""What the service answers to each kind of request."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator

import pikepdf
import pytest
from lxml import etree
from PIL import Image
from starlette.testclient import TestClient

from tests import drawn
from tests.server.api.made_service import KnownLane, made_client

PHOTO = drawn.file_of(drawn.board(400, 200), "JPEG")
BOX = [[100.0, 100.0], [180.0, 100.0], [180.0, 130.0], [100.0, 130.0]]


@pytest.fixture
def lane() -> KnownLane:
    return KnownLane()


@pytest.fixture
def client(lane: KnownLane) -> Iterator[TestClient]:
    with made_client(lane=lane) as made:
        yield made


def test_files_of_a_form_are_answered_as_the_command_prints_them(client: TestClient, lane: KnownLane) -> None:
    files = [("files", ("kick off.jpg", PHOTO)), ("files", ("../../etc/passwd", PHOTO))]
    answer = client.post("/api/v1/read", files=files)
    assert answer.status_code == 200
    first, second = answer.json()
    assert (first["image"], second["image"]) == ("kick off.jpg", "passwd")
    assert [word["text"] for word in first["words"]] == ["load", "balancer"]
    assert first["words"][0]["quad"] == BOX
    assert first["text"] == "load balancer"
    assert {unit for _, unit in lane.read} == {"words"}


def test_a_body_is_one_photo_and_lines_can_be_asked_for(client: TestClient, lane: KnownLane) -> None:
    answer = client.post("/api/v1/read?format=text&unit=lines", content=PHOTO, headers={"Content-Type": "image/jpeg"})
    assert (answer.status_code, answer.text) == (200, "load balancer\n")
    assert lane.read == [("photo", "lines")]


@pytest.mark.parametrize("kind", ["md", "page", "alto", "hocr", "pdf"])
def test_documents_are_those_of_the_export(client: TestClient, kind: str) -> None:
    answer = client.post(f"/api/v1/read?format={kind}", files={"files": ("board.jpg", PHOTO)})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    if kind == "pdf":
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            assert len(pdf.pages) == 1
    elif kind == "md":
        assert answer.text == "load balancer\n"
    else:
        text = etree.fromstring(answer.content).xpath("string()") + answer.text
        assert "balancer" in text


def test_old_clients_get_boxes_and_texts(client: TestClient) -> None:
    """With the prefix of a data URL, without it, and with the comma that the old web app's clients left."""
    data = base64.b64encode(PHOTO).decode()
    for image in (f"data:image/jpeg;base64,{data}", data, f",{data}"):
        # As jQuery sends it.
        body, kind = json.dumps({"image": image}), "application/json; charset=utf-8"
        answer = client.post("/api/", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 200
        assert answer.json()["texts"] == ["load", "balancer"]
        assert answer.json()["boxes"][0] == BOX


def test_clients_of_doctr_get_blocks_lines_and_words(client: TestClient) -> None:
    answer = client.post("/ocr", files={"files": ("board.jpg", PHOTO)})
    assert answer.status_code == 200
    (document,) = answer.json()
    height, width = document["dimensions"]
    (block,) = document["items"][0]["blocks"]
    (line,) = block["lines"]
    assert (document["name"], [word["value"] for word in line["words"]]) == ("board.jpg", ["load", "balancer"])
    x0, y0, x1, y1 = line["words"][0]["geometry"]
    assert (x0 * width, y0 * height, x1 * width, y1 * height) == pytest.approx((100, 100, 180, 130), abs=0.01)
    assert line["geometry"][2] == line["words"][1]["geometry"][2]


def test_pages_of_a_file_are_photos_of_their_own(client: TestClient) -> None:
    scan = io.BytesIO()
    pages = [Image.new("L", (40, 30), grey) for grey in (200, 90, 30)]
    pages[0].save(scan, "TIFF", save_all=True, append_images=pages[1:])
    answer = client.post("/api/v1/read", files={"files": ("scan.tif", scan.getvalue())})
    assert [page["image"] for page in answer.json()] == ["scan #1.tif", "scan #2.tif", "scan #3.tif"]


def make_scan(pages: int) -> bytes:
    scan = io.BytesIO()
    first, *others = [Image.effect_noise((60, 40), 50) for _ in range(pages)]
    first.save(scan, "PDF", save_all=True, append_images=others)
    return scan.getvalue()


@pytest.mark.parametrize("path", ["/api/v1/read", "/api/v1/read?format=text", "/api/v1/read?format=pdf", "/ocr"])
def test_pages_that_are_lost_are_said(client: TestClient, path: str) -> None:
    scan = make_scan(3)
    cut = scan[: len(scan) * 6 // 10]
    answer = client.post(path, files=[("files", ("Übung.pdf", cut)), ("files", ("board.jpg", PHOTO))])
    assert answer.status_code == 200
    (said,) = json.loads(answer.headers["X-Ocr-Studio-Warnings"])
    assert said.startswith("Übung.pdf: it is damaged after page 1; later pages are lost. Copy it again")
    whole = client.post(path, files=[("files", ("Übung.pdf", scan))])
    assert (whole.status_code, "X-Ocr-Studio-Warnings" in whole.headers) == (200, False)


@pytest.mark.parametrize("path", ["/api/v1/read", "/api/v1/read?format=text", "/api/v1/read?format=pdf", "/ocr"])
def test_photos_that_can_be_read_are_answered_without_the_others(client: TestClient, path: str) -> None:
    """The header of the first is damaged, the second is no photo, and the third is only found to be damaged later."""
    wrong = [("files", ("broken.jpg", PHOTO[:300])), ("files", ("notes.txt", b"Agenda")), ("files", ("bad.jpg", PHOTO))]
    answer = client.post(path, files=[*wrong, ("files", ("board.jpg", PHOTO))])
    assert answer.status_code == 200
    if path.endswith("text"):
        assert answer.text == "load balancer\n"
    broken, text, late = json.loads(answer.headers["X-Ocr-Studio-Warnings"])
    assert broken.startswith("broken.jpg: ")
    assert text.startswith("notes.txt: this is a text file, not a photo.")
    assert late == "bad.jpg: the file is damaged."
    none = client.post(path, files=wrong)
    assert (none.status_code, none.json()["detail"]) == (422, late)


def test_what_is_too_large_is_refused_with_all_the_rest(client: TestClient) -> None:
    large = drawn.png((30_000, 30_000, 1, 0), bytes(1000))
    answer = client.post("/api/v1/read", files=[("files", ("board.jpg", PHOTO)), ("files", ("wall.png", large))])
    assert (answer.status_code, answer.json()["detail"].startswith("wall.png: ")) == (413, True)


def test_a_wrong_address_or_method_is_said(client: TestClient) -> None:
    missing, method = client.get("/api/v2/read"), client.get("/api/v1/read")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no such page.")
    said = "This page doesn’t answer to GET. Use POST."
    assert (method.status_code, method.json()["detail"], method.headers["allow"]) == (405, said, "POST")


def test_pages_that_are_lost_in_the_middle_leave_the_numbers_of_the_others(client: TestClient) -> None:
    with pikepdf.open(io.BytesIO(make_scan(3))) as pdf:
        pdf.pages[0].obj.Type = pikepdf.Name.NoPage
        pdf.save(made := io.BytesIO())
    files = {"files": ("scan.pdf", made.getvalue())}
    answer = client.post("/api/v1/read", files=files)
    pages = answer.json()
    assert [page["image"] for page in pages] == ["scan #2.pdf", "scan #3.pdf"]
    (said,) = json.loads(answer.headers["X-Ocr-Studio-Warnings"])
    assert said.startswith("scan.pdf: it is damaged: page 1 of 3 is lost.")
    # What stands in for reading knows another size.
    sent = json.dumps([page | {"width": 60, "height": 40} for page in pages])
    export = client.post("/api/v1/export?format=text", files=files, data={"pages": sent})
    assert (export.status_code, json.loads(export.headers["X-Ocr-Studio-Warnings"])) == (200, [said])


def test_warnings_of_many_files_fit_into_the_headers_that_proxies_allow(client: TestClient) -> None:
    scan = make_scan(3)
    files = [("files", ("Ж" * 150 + ".pdf", scan[: len(scan) * 6 // 10])) for _ in range(9)]
    text = client.post("/api/v1/read", files=files).headers["X-Ocr-Studio-Warnings"]
    first, *_, last = json.loads(text)
    assert len(text) <= 3000
    assert (first[:3], last) == ("ЖЖЖ", "…")


@pytest.mark.parametrize("kind", ["page", "alto"])
def test_a_format_for_one_page_names_those_for_several(client: TestClient, kind: str) -> None:
    answer = client.post(f"/api/v1/read?format={kind}", files={"files": ("scan.pdf", make_scan(3))})
    said = (
        f"The format {kind} holds one page, and 3 were sent."
        " Choose another format (json, text, md, hocr, pdf), or send one page at a time."
    )
    assert (answer.status_code, answer.json()["detail"]) == (422, said)


def test_the_description_for_programs_names_the_header_of_warnings(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("/api/v1/read", "/api/v1/export", "/ocr", "/api/"):
        assert "X-Ocr-Studio-Warnings" in paths[path]["post"]["responses"]["200"]["headers"]


def test_what_is_wrong_with_a_file_is_said_without_a_path(client: TestClient) -> None:
    damaged = client.post("/api/v1/read", files={"files": ("board.jpg", PHOTO[:300])})
    text = client.post("/api/v1/read", files={"files": ("notes.txt", b"Agenda")})
    assert (damaged.status_code, text.status_code) == (422, 415)
    assert text.json() == {
        "type": "about:blank",
        "title": "Unsupported Media Type",
        "status": 415,
        "detail": "notes.txt: this is a text file, not a photo."
        " Open a JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC, AVIF or PDF file.",
    }
    for answer in (damaged, text):
        assert answer.headers["content-type"] == "application/problem+json"
        assert "/tmp" not in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"image": "data:image/jpeg;base64,a\nb="}, 422),
        ({"image": "Köln"}, 422),
        ({"image": ""}, 415),
        ({"image": 5}, 422),
        ([], 422),
        ({}, 422),
    ],
)
def test_wrong_json_is_refused(client: TestClient, body: object, status: int) -> None:
    answer = client.post("/api/", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_a_client_can_do_is_said_and_not_what_the_window_offers(client: TestClient) -> None:
    scan, locked = io.BytesIO(), io.BytesIO()
    Image.new("L", (200, 100), 200).save(scan, "PDF")
    with pikepdf.open(scan) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="one", user="other"))
    large = drawn.png((30_000, 30_000, 1, 0), bytes(1000))
    for path in ("/api/v1/read", "/api/v1/picture"):
        answer = client.post(path, files={"files": ("scan.pdf", locked.getvalue())})
        said = "scan.pdf: the PDF is protected with a password. Send a copy without a password."
        assert (answer.status_code, answer.json()["detail"]) == (422, said)
        answer = client.post(path, files={"files": ("wall.png", large)})
        assert answer.json()["detail"].endswith(". Send a smaller copy.")
