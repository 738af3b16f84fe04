"""Any file becomes one upright RGB array: formats, orientations, depths, colours; and what lies around that."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageColor, ImageDraw

from ocr_studio.core.images import photo_file, photo_listing
from tests import drawn

KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "HEIF", "AVIF")


def decoded(data: bytes) -> NDArray[np.uint8]:
    return photo_file.decode_photo(data, name="drawn")


@pytest.mark.parametrize("suffix", [".right", ".jpg", ".txt", ""])
@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_opens_by_its_content_whatever_its_name(tmp_path: Path, kind: str, suffix: str) -> None:
    path = tmp_path / f"photo{suffix}"
    path.write_bytes(drawn.file_of(drawn.board(), kind))
    assert drawn.shows(photo_file.open_photo(path), drawn.board())
    assert photo_file.read_photo_size(path) == (drawn.WIDTH, drawn.HEIGHT)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_every_orientation_comes_upright(tmp_path: Path, kind: str, orientation: int) -> None:
    path = tmp_path / "photo"
    path.write_bytes(drawn.held(orientation, kind))
    assert drawn.shows(photo_file.open_photo(path), drawn.board())
    assert photo_file.read_photo_size(path) == (drawn.WIDTH, drawn.HEIGHT)
    small = photo_file.make_thumbnail(path, side=48)
    assert small.shape == (32, 48, 3)
    assert drawn.shows(small, drawn.board(48, 32))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_compressed_tiff_is_turned_once(orientation: int) -> None:
    assert drawn.shows(decoded(drawn.held(orientation, "TIFF", compression="tiff_lzw")), drawn.board())


def test_a_png_may_tell_its_orientation_behind_the_pixels(tmp_path: Path) -> None:
    turned = Image.fromarray(drawn.board()).transpose(Image.Transpose.ROTATE_90)
    plain = drawn.file_of(turned, "PNG")
    late = drawn.png_chunk(b"eXIf", drawn.exif(6).removeprefix(b"Exif\0\0"))
    path = tmp_path / "late.png"
    path.write_bytes(plain[:-12] + late + plain[-12:])
    assert drawn.shows(photo_file.open_photo(path), drawn.board())
    assert photo_file.read_photo_size(path) == (drawn.WIDTH, drawn.HEIGHT)


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_counts_as_upright(value: int) -> None:
    assert drawn.shows(decoded(drawn.file_of(drawn.board(), "JPEG", exif=drawn.exif(value))), drawn.board())


def test_fast_and_careful_decoding_of_a_jpeg_agree() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    data = drawn.file_of(cv2.resize(noise, (400, 300)), "JPEG")
    careful = np.asarray(Image.open(io.BytesIO(data)))
    assert np.abs(decoded(data).astype(int) - careful).max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_photo_is_refused(kind: str) -> None:
    data = drawn.file_of(drawn.board(), kind)
    with pytest.raises(photo_file.PhotoError, match="incomplete"):
        decoded(data[: len(data) // 2])


def test_a_jpeg_of_which_a_damaged_byte_hides_the_rest_does_not_come_half_grey() -> None:
    data = drawn.file_of(np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8), "JPEG")
    middle = data.index(b"\xff\x00", len(data) // 2) + 1
    with pytest.raises(photo_file.PhotoError, match="damaged or incomplete"):
        decoded(data[:middle] + b"\x56" + data[middle + 1 :])  # a marker instead of a pixel


# ------------------------------------------------------------------------------------------------------------ depths


def test_16_bit_grey_is_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 256 * 16).astype(np.uint16).reshape(16, 256)
    for ending in (".png", ".tif"):
        pixels = decoded(cv2.imencode(ending, ramp)[1].tobytes())
        assert np.abs(pixels[..., 0] - ramp / 257).max() <= 1
        assert (pixels == pixels[..., :1]).all()


@pytest.mark.parametrize("white", [255, 1023, 4095, 16383, 65535])
def test_16_bits_of_which_fewer_are_used_are_as_light_as_they_were_meant(white: int) -> None:
    deep = (drawn.board()[..., 0].astype(np.float64) * (white / 255)).round().astype(np.uint16)
    deep[0, 0] = white
    for ending in (".png", ".tif"):
        pixels = decoded(cv2.imencode(ending, deep)[1].tobytes())
        assert np.abs(pixels[1:, 1:, 0].astype(int) - drawn.board()[1:, 1:, 0]).max() <= 1
    assert not decoded(cv2.imencode(".png", deep * 0)[1].tobytes()).any()


def test_big_endian_16_bit_tiff() -> None:
    ramp = np.linspace(0, 65535, 4096).astype(">u2").reshape(64, 64)
    image = Image.frombytes("I;16B", (64, 64), ramp.tobytes())
    assert np.abs(decoded(drawn.file_of(image, "TIFF"))[..., 1] - ramp / 257).max() <= 1


@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_16_bit_colour_is_scaled_not_clipped(ending: str) -> None:
    deep = drawn.board().astype(np.uint16)[..., ::-1] * 257
    assert drawn.shows(decoded(cv2.imencode(ending, deep)[1].tobytes()), drawn.board(), within=1)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("float32", [0, 0.5, 1], [0, 128, 255]),
        ("float32", [0, 100, 255], [0, 100, 255]),
        ("float32", [0, 257, 65535], [0, 1, 255]),
        ("float32", [-1, 0, 1], [0, 128, 255]),
        ("float32", [0, np.nan, 1], [0, 0, 255]),
        ("float32", [0, np.inf, 1], [0, 255, 255]),
        ("float32", [np.nan, np.nan, np.nan], [0, 0, 0]),
        ("int32", [0, 1, 255], [0, 1, 255]),
        ("int32", [0, 0, 65535], [0, 0, 255]),
        ("int32", [-100, 0, 300], [0, 64, 255]),
    ],
)
def test_scientific_greys_keep_their_meaning(kind: str, values: list[float], expected: list[int]) -> None:
    assert decoded(drawn.file_of(np.array([values], kind), "TIFF"))[0, :, 0].tolist() == expected


# ----------------------------------------------------------------------------------------------------------- colours


@pytest.mark.parametrize(("mode", "kind"), [("L", "JPEG"), ("L", "PNG"), ("L", "TIFF"), ("LA", "PNG"), ("L", "HEIF")])
def test_grey(mode: str, kind: str) -> None:
    assert drawn.shows(decoded(drawn.file_of(Image.fromarray(drawn.board()).convert(mode), kind)), drawn.grey_board())


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_one_bit(kind: str) -> None:
    bits = np.zeros((64, 96), bool)
    bits[:32, :48] = True
    expected = np.repeat(bits[..., None], 3, axis=2).astype(np.uint8) * 255
    assert (decoded(drawn.file_of(Image.fromarray(bits), kind)) == expected).all()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
def test_palette(kind: str) -> None:
    image = Image.fromarray(drawn.board()).quantize(16)
    assert drawn.shows(decoded(drawn.file_of(image, kind)), drawn.board())


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "LAB"])
def test_other_colour_spaces(mode: str) -> None:
    image = Image.fromarray(drawn.board())
    if mode == "LAB":
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        other = ImageCms.profileToProfile(image, srgb, lab, outputMode="LAB")
        assert other is not None
    else:
        other = image.convert(mode)
    assert drawn.shows(decoded(drawn.file_of(other, "TIFF")), drawn.board())


def test_cmyk_jpeg_of_adobe_is_not_a_negative() -> None:
    data = drawn.file_of(Image.fromarray(drawn.board()).convert("CMYK"), "JPEG")
    assert b"Adobe" in data  # that marker means: inks stored inverted
    assert drawn.shows(decoded(data), drawn.board())


def test_cmyk_goes_through_its_own_profile() -> None:
    lab = np.zeros((2, 2, 2, 2, 3), np.uint8)
    lab[..., 1:] = 128
    lab[0, 0, 0, 0, 0] = 255  # only bare paper is bright: no printer, but nobody would guess it without the profile
    lab[1, 0, 0, 0] = (136, 208, 195)  # and cyan ink is red
    image = Image.new("CMYK", (8, 8), (255, 0, 0, 0))
    plain = decoded(drawn.file_of(image, "TIFF"))[4, 4]
    profiled = decoded(drawn.file_of(image, "TIFF", icc_profile=drawn.cmyk_profile(lab)))[4, 4]
    assert plain[0] < 60
    assert plain[2] > 200
    assert profiled[2] < 60
    assert profiled[0] > 200


P3 = np.array([[0.5151, 0.2412, -0.0011], [0.2919, 0.6922, 0.0419], [0.1572, 0.0666, 0.7841]])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_embedded_profile_is_applied(kind: str, mode: str) -> None:
    if (kind, mode) == ("JPEG", "RGBA"):
        mode = "RGB"
    profile = drawn.matrix_profile(P3, gamma=2.2)
    wide = Image.new(mode, (64, 64), (200, 90, 60, 255)[: len(mode)])
    seen = decoded(drawn.file_of(wide, kind, icc_profile=profile))[32, 32].astype(int)
    # Display P3 with gamma 2.2 to sRGB, reckoned by matrices and the curves of IEC 61966-2-1.
    xyz = P3.T @ (np.array([200, 90, 60]) / 255) ** 2.2
    srgb = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]])
    linear = np.linalg.solve(srgb, xyz).clip(0, 1)
    expected = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055) * 255
    assert np.abs(seen - expected).max() <= 6
    assert np.abs(seen - [200, 90, 60]).max() > 8


@pytest.mark.parametrize("profile", [b"", b"rubbish", drawn.matrix_profile(P3, gamma=2.2)[:200], bytes(5000)])
def test_a_damaged_profile_is_left_out(profile: bytes) -> None:
    assert drawn.shows(decoded(drawn.file_of(drawn.board(), "PNG", icc_profile=profile)), drawn.board())


def test_a_profile_made_for_other_channels_is_left_out() -> None:
    profile = drawn.cmyk_profile(np.zeros((2, 2, 2, 2, 3), np.uint8))
    assert drawn.shows(decoded(drawn.file_of(drawn.board(), "JPEG", icc_profile=profile)), drawn.board())


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_what_is_transparent_shows_white(kind: str) -> None:
    pixels = np.dstack([drawn.board(), np.full((64, 96), 255, np.uint8)])
    pixels[:32, :48, 3] = 0
    pixels[:32, 48:, 3] = 128
    expected = drawn.board()
    expected[:32, :48] = 255
    expected[:32, 48:] = (148, 212, 157)
    assert drawn.shows(decoded(drawn.file_of(pixels, kind)), expected)


def test_a_transparent_palette_colour_shows_white() -> None:
    image = Image.fromarray(drawn.board()).quantize(4)
    place = int(np.asarray(image)[0, 0])
    expected = drawn.board()
    expected[:32, :48] = 255
    for kind in ("PNG", "GIF"):
        assert drawn.shows(decoded(drawn.file_of(image, kind, transparency=place)), expected)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize(("ink", "paper"), [("white", 0), ("#ddd", 0), ("#888", 255), ("black", 255)])
def test_ink_on_nothing_can_be_seen(mode: str, ink: str, paper: int) -> None:
    red, green, blue = ImageColor.getrgb(ink)[:3]
    picture = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((40, 20, 160, 80), fill=(red, green, blue, 255))
    pixels = decoded(drawn.file_of(picture.convert(mode), "PNG"))
    assert (pixels[0, 0] == paper).all()
    assert (pixels[50, 100] == (red, green, blue)).all()


def test_a_light_scan_with_a_transparent_margin_stays_on_white() -> None:
    scan = Image.new("RGBA", (200, 100), (250, 250, 250, 255))
    ImageDraw.Draw(scan).rectangle((40, 40, 90, 50), fill="navy")
    scan.paste((0, 0, 0, 0), (0, 0, 200, 10))
    assert (decoded(drawn.file_of(scan, "PNG"))[0, 0] == 255).all()


def test_of_a_picture_without_paint_nothing_shows() -> None:
    assert (decoded(drawn.file_of(Image.new("RGBA", (20, 10), (0, 0, 0, 0)), "PNG")) == 255).all()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF", "HEIF", "MPO"])
def test_the_first_of_several_frames_or_pages_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (drawn.WIDTH, drawn.HEIGHT), colour) for colour in ("black", "white")]
    data = drawn.file_of(drawn.board(), kind, save_all=True, append_images=frames)
    with Image.open(io.BytesIO(data)) as image:
        assert getattr(image, "n_frames", 1) == 3
    assert drawn.shows(decoded(data), drawn.board(), within=30)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF", "HEIF", "MPO"])
def test_pages_are_counted(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "pages"
    path.write_bytes(drawn.file_of(drawn.board(), kind))
    assert photo_file.count_pages(path).count == 1
    frames = [Image.new("RGB", (drawn.WIDTH, drawn.HEIGHT), colour) for colour in ("black", "white")]
    path.write_bytes(drawn.file_of(drawn.board(), kind, save_all=True, append_images=frames))
    assert photo_file.count_pages(path).count == (1 if kind == "MPO" else 3)


@pytest.mark.parametrize(("kind", "pages"), [(0, 2), (1, 1), (2, 2), (4, 1)])
def test_a_small_copy_and_a_mask_in_a_tiff_are_no_pages(tmp_path: Path, kind: int, pages: int) -> None:
    other = Image.new("RGB", (20, 15))
    other.encoderinfo = {"tiffinfo": {254: kind}}
    Image.new("RGB", (80, 60)).save(tmp_path / "a.tif", save_all=True, append_images=[other])
    assert photo_file.count_pages(tmp_path / "a.tif").count == pages


# ------------------------------------------------------------------------------------------------- around the pixels


@pytest.mark.parametrize(("size", "shape"), [((1, 1), (1, 1, 3)), ((1, 5000), (128, 1, 3)), ((640, 480), (96, 128, 3))])
def test_a_thumbnail_is_as_long_as_asked_and_never_empty_or_enlarged(
    tmp_path: Path, size: tuple[int, int], shape: tuple[int, ...]
) -> None:
    for kind in ("JPEG", "PNG"):
        path = tmp_path / kind
        path.write_bytes(drawn.file_of(Image.new("RGB", size), kind))
        assert photo_file.make_thumbnail(path, side=128).shape == shape


def test_a_saved_png_is_the_picture_that_was_given(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    for pixels in (drawn.board(), drawn.board()[:, ::-1]):
        photo_file.save_png(path, pixels)
        assert (photo_file.open_photo(path) == pixels).all()
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


def test_a_png_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(photo_file.PhotoError, match=r"taken\.png: can’t write the image"):
        photo_file.save_png(tmp_path / "taken.png", drawn.board())
    with pytest.raises(photo_file.PhotoError, match="can’t write the image"):
        photo_file.save_png(tmp_path / "missing" / "out.png", drawn.board())
    assert [path.name for path in tmp_path.iterdir()] == ["taken.png"]


def test_the_content_id_is_of_the_bytes_alone(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    for name in ("a.jpg", "b"):
        (tmp_path / name).write_bytes(data)
    expected = hashlib.blake2b(data, digest_size=16).hexdigest()
    assert (
        photo_file.compute_content_id(tmp_path / "a.jpg") == photo_file.compute_content_id(tmp_path / "b") == expected
    )
    assert len(expected) == 32


def test_a_photo_and_its_id_are_of_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(drawn.file_of(drawn.board(), "PNG"))
    expected = photo_file.compute_content_id(path)
    decode = photo_file.decode_photo

    def replaced_meanwhile(data: bytes, *, name: str) -> NDArray[np.uint8]:
        path.write_bytes(b"another photo")
        return decode(data, name=name)

    monkeypatch.setattr(photo_file, "decode_photo", replaced_meanwhile)
    rgb, content_id = photo_file.open_photo_with_id(path)
    assert drawn.shows(rgb, drawn.board())
    assert content_id == expected


def test_photos_of_a_folder_come_as_people_count(tmp_path: Path) -> None:
    for name in ("b10.jpg", "b2.JPG", "a.png", "B1.heic", "notes.txt", ".hidden.jpg", "._b2.jpg"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "ocr-studio-project").mkdir()
    (tmp_path / "ocr-studio-project" / "inside.jpg").write_bytes(b"")
    (tmp_path / "scan").write_bytes(drawn.file_of(drawn.board(), "JPEG"))
    (tmp_path / "README").write_text("no photo")
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    names = [path.name for path in photo_listing.list_photos(tmp_path)]
    assert names == ["a.png", "B1.heic", "b2.JPG", "b10.jpg", "scan"]


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(photo_file.PhotoError, match="gone: the file does not exist"):
        photo_listing.list_photos(tmp_path / "gone")
