"""Searchable PDF, as PDFium (the one in Chrome) and qpdf read it."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image
from PIL.Image import Exif

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.pdf import searchable_pdf
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.warping import frame_photo
from ocr_studio.core.page import Page, PageFacts, PhotoFrame, Quad, TextSource, Transcription, Word

ORIENTATION = 0x0112
SIZE = (120, 80)


def draw_photo(path: Path, *, orientation: int = 1, mode: str = "RGB", **options: object) -> Path:
    """A photo whose four corners differ, so that a wrong turn is seen."""
    pixels = np.full((SIZE[1], SIZE[0], 3), 230, np.uint8)
    for (x, y), colour in zip(
        ((0, 0), (80, 0), (80, 50), (0, 50)), ((200, 0, 0), (0, 160, 0), (0, 0, 200), (40, 40, 40)), strict=True
    ):
        pixels[y : y + 30, x : x + 40] = colour
    exif = Exif()
    exif[ORIENTATION] = orientation
    Image.fromarray(pixels).convert(mode).save(path, exif=exif, **options)  # type: ignore[arg-type]
    return path


def page_of(path: Path, *found: tuple[str, Quad], frame: PhotoFrame | None = None) -> Page:
    width, height = frame.size if frame else photo_file.read_photo_size(path)
    words = {
        f"w{number}": Word(f"w{number}", quad, machine=Transcription(text, TextSource.MODEL, 0.9))
        for number, (text, quad) in enumerate(found)
    }
    return Page("page", path.name, width, height, words, facts=PageFacts(frame=frame))


def write(page: Page, *others: Page, folder: Path) -> bytes:
    made = FORMATS["pdf"].render([page, *others], PhotoSource(lambda each: folder / each.image))
    assert isinstance(made, bytes)
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert opened.check_pdf_syntax() == []
    return made


def shown(data: bytes, page: Page) -> np.ndarray:
    """The first page as PDFium draws it, in pixels of the photo."""
    with pypdfium2.PdfDocument(data) as opened:
        sheet = opened[0]
        picture = sheet.render(scale=(page.width - 0.01) / sheet.get_width()).to_numpy()
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean difference of two pictures of about the same size, 0..255."""
    height, width = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    assert abs(one.shape[0] - other.shape[0]) <= 1
    assert abs(one.shape[1] - other.shape[1]) <= 1
    return float(np.abs(one[:height, :width].astype(float) - other[:height, :width]).mean())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_keeps_its_bytes_and_stands_upright(orientation: int, tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.jpg", orientation=orientation, quality=95)
    page = page_of(path)
    made = write(page, folder=tmp_path)
    with pikepdf.open(io.BytesIO(made)) as opened:
        [image] = opened.pages[0].get_images().values()
        assert image.read_raw_bytes() == path.read_bytes()
    assert difference(shown(made, page), photo_file.open_photo(path)) < 4


@pytest.mark.parametrize(
    "frame",
    [
        PhotoFrame(*SIZE, quarters=1),
        PhotoFrame(*SIZE, quarters=2, crop=(10, 5, 70, 60)),
        PhotoFrame(*SIZE, slant=5.0, crop=(9, 12, 118, 79)),
        PhotoFrame(*SIZE, quarters=3, slant=-7.0, crop=(25, 30, 70, 100)),
    ],
)
def test_a_photo_is_shown_as_it_is_turned_and_cropped(frame: PhotoFrame, tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.jpg", orientation=1, quality=95)
    page = page_of(path, frame=frame)
    made, photo = shown(write(page, folder=tmp_path), page), frame_photo(photo_file.open_photo(path), frame)
    # PDFium draws slanted images up to two pixels beside their places.
    assert difference(made, photo) < 12
    assert difference(made, photo) < difference(made, photo[::-1, ::-1]) - 10


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.webp", "a.tif", "grey.jpg", "cmyk.jpg"])
def test_other_photos(name: str, tmp_path: Path) -> None:
    modes = {"grey.jpg": "L", "cmyk.jpg": "CMYK"}
    path = draw_photo(tmp_path / name, mode=modes.get(name, "RGB"), **({"quality": 95} if "jpg" in name else {}))
    page = page_of(path)
    made, photo = write(page, folder=tmp_path), photo_file.open_photo(path)
    assert difference(shown(made, page), photo) < 6
    if name in {"a.png", "a.bmp", "a.tif"}:
        with pikepdf.open(io.BytesIO(made)) as opened:
            [image] = opened.pages[0].get_images().values()
            assert isinstance(image, pikepdf.Stream)
            assert np.array_equal(np.asarray(pikepdf.PdfImage(image).as_pil_image()), photo)


def test_words_are_found_in_their_places(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (800, 600), "white").save(path)
    upright = ("hello", Quad.from_box(40, 30, 200, 70))
    slanted = ("slanted", geometry.rotate_quad(Quad.from_box(300, 100, 460, 140), 25))
    vertical = ("down", geometry.rotate_quad(Quad.from_box(600, 300, 760, 340), 90))
    rest = [("häßlich", Quad.from_box(40, 200, 240, 240)), ("汉字→", Quad.from_box(40, 300, 160, 340))]
    page = page_of(path, upright, slanted, vertical, *rest)
    with pypdfium2.PdfDocument(write(page, folder=tmp_path)) as opened:
        sheet = opened[0]
        text = sheet.get_textpage()
        scale = page.width / sheet.get_width()
        assert sorted(text.get_text_range().split()) == sorted(word.text for word in page.words.values())
        for word in page.words.values():
            found = text.search(word.text, match_case=True).get_next()
            assert found is not None
            left, top, right, bottom = word.quad.bounds()
            for index in range(found[0], found[0] + found[1]):
                x0, y0, x1, y1 = (value * scale for value in text.get_charbox(index))
                assert y1 > y0 + 1
                assert left - 0.5 <= x0 < x1 <= right + 0.5
                assert top - 0.5 <= page.height - y1 < page.height - y0 <= bottom + 0.5


def test_words_are_in_reading_order_with_spaces(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.jpg")
    # Boxes that overlap, as handwriting often has them.
    boxes = [
        ("one", Quad.from_box(5, 5, 40, 20)),
        ("two", Quad.from_box(36, 4, 70, 22)),
        ("three", Quad.from_box(5, 40, 60, 60)),
    ]
    with pypdfium2.PdfDocument(write(page_of(path, *boxes), folder=tmp_path)) as opened:
        assert opened[0].get_textpage().get_text_range().split() == ["one", "two", "three"]


def test_emoji_and_texts_without_a_box(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.jpg")
    mark = Quad(((50.0, 10.0), (50.0, 10.0), (50.0, 30.0), (50.0, 30.0)))
    page = page_of(path, ("ok👍", Quad.from_box(5, 40, 60, 60)), ("unboxed", mark))
    with pypdfium2.PdfDocument(write(page, folder=tmp_path)) as opened:
        assert set(opened[0].get_textpage().get_text_range().split()) == {"ok👍", "unboxed"}


def test_several_photos_have_bookmarks(tmp_path: Path) -> None:
    pages = [page_of(draw_photo(tmp_path / name), ("word", Quad.from_box(5, 5, 60, 20))) for name in ("a.jpg", "b.png")]
    with pikepdf.open(io.BytesIO(write(*pages, folder=tmp_path))) as opened:
        assert len(opened.pages) == 2
        with opened.open_outline() as outline:
            assert [item.title for item in outline.root] == ["a.jpg", "b.png"]


def test_the_same_page_gives_the_same_bytes(tmp_path: Path) -> None:
    page = page_of(draw_photo(tmp_path / "a.jpg"), ("word", Quad.from_box(5, 5, 60, 20)))
    assert write(page, folder=tmp_path) == write(page, folder=tmp_path)


def test_no_page_is_larger_than_pdf_allows(tmp_path: Path) -> None:
    path = tmp_path / "long.png"
    Image.new("1", (40_000, 4)).save(path)
    with pikepdf.open(io.BytesIO(write(page_of(path), folder=tmp_path))) as opened:
        assert max(map(float, opened.pages[0].mediabox)) <= 14_400


def test_a_resolution_is_taken_if_it_means_something(tmp_path: Path) -> None:
    for dpi, width in ((300, SIZE[0] / 300 * 72), (72, SIZE[0] / 150 * 72)):
        path = draw_photo(tmp_path / f"{dpi}.jpg", dpi=(dpi, dpi))
        with pikepdf.open(io.BytesIO(write(page_of(path), folder=tmp_path))) as opened:
            assert float(opened.pages[0].mediabox[2]) == pytest.approx(width, abs=0.01)


def test_a_photo_that_is_gone_is_named(tmp_path: Path) -> None:
    page = replace(page_of(draw_photo(tmp_path / "a.jpg")), image="gone.jpg")
    with pytest.raises(photo_file.PhotoError, match=r"gone\.jpg"):
        searchable_pdf.render([page], PhotoSource(lambda each: tmp_path / each.image))


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_of_a_pdf_stays_and_gets_the_words(turned: int, tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        sheet = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=pikepdf.Array([-50, -20, 350, 280]),
            CropBox=pikepdf.Array([-30, 0, 330, 260]),
            Rotate=turned,
            # It leaves its scale behind, which must not concern the words.
            Contents=pdf.make_stream(b"0.5 0 0 0.5 7 9 cm 0 0 1 rg 0 0 100 100 re f"),
        )
        for _ in range(2):
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(sheet)))
        pdf.save(tmp_path / "scan.pdf")
    width, height = photo_file.read_photo_size(path := tmp_path / "scan #2.pdf")
    quad = Quad.from_box(width * 0.2, height * 0.3, width * 0.5, height * 0.36)
    page = page_of(path, ("word", quad))
    made = write(page, folder=tmp_path)
    assert difference(shown(made, page), photo_file.open_photo(path)) < 2
    with pypdfium2.PdfDocument(made) as opened:
        sheet = opened[0]
        found = sheet.get_textpage().search("word").get_next()
        assert found is not None
        left, bottom, right, top = sheet.get_cropbox()
        boxes = [sheet.get_textpage().get_charbox(found[0] + number) for number in range(found[1])]
        (x0, y0), (x1, y1) = np.min(boxes, axis=0)[:2].tolist(), np.max(boxes, axis=0)[2:].tolist()
        # PDFium tells places in the page as it is before it is turned.
        across, down = (x0 + x1) / 2 - left, top - (y0 + y1) / 2
        place = {
            0: (across / (right - left), down / (top - bottom)),
            90: (1 - down / (top - bottom), across / (right - left)),
            180: (1 - across / (right - left), 1 - down / (top - bottom)),
            270: (down / (top - bottom), 1 - across / (right - left)),
        }[turned]
    assert place == pytest.approx((0.35, 0.33), abs=0.005)


def test_a_typeset_page_keeps_its_text_alone_and_an_older_text_layer_is_replaced(tmp_path: Path) -> None:
    path = draw_photo(tmp_path / "a.jpg", quality=95)
    place = Quad.from_box(10, 10, 90, 30)
    (tmp_path / "scan.pdf").write_bytes(write(page_of(path, ("teh", place)), folder=tmp_path))
    width, height = photo_file.read_photo_size(tmp_path / "scan.pdf")
    assert abs(width - SIZE[0]) <= 1
    assert abs(height - SIZE[1]) <= 1
    corrected = page_of(tmp_path / "scan.pdf", ("the", place))
    with pypdfium2.PdfDocument(write(corrected, folder=tmp_path)) as opened:
        assert opened[0].get_textpage().get_text_range().split() == ["the"]
    with pikepdf.open(tmp_path / "scan.pdf") as scan:
        scan.pages[0].Contents = scan.make_stream(scan.pages[0].Contents.read_bytes().replace(b"3 Tr", b"0 Tr"))
        scan.save(tmp_path / "typeset.pdf")
    with pypdfium2.PdfDocument(write(page_of(tmp_path / "typeset.pdf", ("the", place)), folder=tmp_path)) as opened:
        assert opened[0].get_textpage().get_text_range().split() == ["teh"]


def test_the_text_layer_alone(tmp_path: Path) -> None:
    page = page_of(draw_photo(tmp_path / "a.jpg"), ("word", Quad.from_box(5, 5, 60, 20)))
    made = searchable_pdf.render_text_layer(page, dpi=72, font_name="f-0-0")
    with pikepdf.open(io.BytesIO(made)) as opened:
        [sheet] = opened.pages
        assert list(sheet.resources.Font) == ["/f-0-0"]
        assert [float(value) for value in sheet.mediabox] == [0, 0, *SIZE]
        assert not sheet.get_images()
    with pypdfium2.PdfDocument(made) as opened:
        assert opened[0].get_textpage().get_text_range().split() == ["word"]


def typeset(path: Path, content: bytes, *, box: tuple[int, ...] = (0, 0, 400, 300)) -> Path:
    """A PDF of one page with this content, in a font F."""
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.add_blank_page()
        pdf.pages[0].MediaBox = pikepdf.Array(list(box))
        pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        pdf.pages[0].Contents = pdf.make_stream(content)
        pdf.save(path)
    return path


def find_texts(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as opened:
        return [text for sheet in opened for text in sheet.get_textpage().get_text_range().split()]


def test_a_scan_with_a_stamp_gets_the_words_in_place_of_the_older_text_layer(tmp_path: Path) -> None:
    content = b"BT /F 9 Tf 9 9 Td (stamp) Tj ET BT 3 Tr /F 9 Tf 50 200 Td [(teh) 9 (old)] TJ (words) Tj ET"
    page = page_of(typeset(tmp_path / "scan.pdf", content), ("the", Quad.from_box(50, 50, 90, 70)))
    assert sorted(find_texts(write(page, folder=tmp_path))) == ["stamp", "the"]


def test_a_typeset_page_keeps_what_little_text_is_invisible(tmp_path: Path) -> None:
    content = b"BT /F 9 Tf 9 9 Td (typeset) Tj 3 Tr 90 0 Td (hint) Tj ET"
    page = page_of(typeset(tmp_path / "a.pdf", content), ("wrong", Quad.from_box(50, 50, 90, 70)))
    assert sorted(find_texts(write(page, folder=tmp_path))) == ["hint", "typeset"]


def test_corners_of_a_page_may_be_told_the_other_way_round(tmp_path: Path) -> None:
    path = typeset(tmp_path / "a.pdf", b"", box=(0, 300, 400, 0))
    width, height = photo_file.read_photo_size(path)
    page = page_of(path, ("word", Quad.from_box(width * 0.5, height * 0.5, width * 0.7, height * 0.6)))
    with pypdfium2.PdfDocument(write(page, folder=tmp_path)) as opened:
        left, bottom, _, top = opened[0].get_textpage().get_charbox(0)
    assert left == pytest.approx(200, abs=1)
    assert 300 * 0.4 - 1 <= bottom < top <= 300 * 0.5 + 1


def test_pages_of_one_file_share_their_pictures(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    with pikepdf.new() as pdf:
        picture = pdf.make_stream(
            pixels.tobytes(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=200, Height=200,
            BitsPerComponent=8, ColorSpace=pikepdf.Name.DeviceRGB,
        )  # fmt: skip
        for number in range(3):
            pdf.add_blank_page(page_size=(400, 300))
            pdf.pages[number].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
            pdf.pages[number].Contents = pdf.make_stream(b"400 0 0 300 0 0 cm /P Do")
        pdf.save(tmp_path / "scan.pdf")
    pages = [page_of(tmp_path / f"scan #{number}.pdf") for number in (3, 1, 2)]
    assert len(write(*pages, folder=tmp_path)) < 2 * pixels.nbytes


def test_a_damaged_pdf_is_named(tmp_path: Path) -> None:
    whole = typeset(tmp_path / "a.pdf", b"")
    page = page_of(whole)
    whole.write_bytes(b"%PDF-1.4 and nothing else")
    with pytest.raises(photo_file.PhotoError, match=r"a\.pdf.*damaged"):
        write(page, folder=tmp_path)


def test_operators_without_their_numbers_are_skipped(tmp_path: Path) -> None:
    path = typeset(tmp_path / "a.pdf", b"Tr /x Tr BT 3 Tr /F 9 Tf 50 200 Td (teh) Tj ET Q Q")
    page = page_of(path, ("the", Quad.from_box(50, 50, 90, 70)))
    assert find_texts(write(page, folder=tmp_path)) == ["the"]
