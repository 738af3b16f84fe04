"""Videos from strangers: what is one, and one clear line for each that can't be read."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr_studio.core.video import video_file
from ocr_studio.core.video.video_file import Frame, VideoError, VideoReader


def write_video(path: Path, count: int = 30, *, rate: float = 10.0, size: tuple[int, int] = (96, 64)) -> Path:
    """A video whose frames get brighter: frame n has the brightness 4 n."""
    code = cv2.VideoWriter.fourcc(*("MJPG" if path.suffix == ".avi" else "mp4v"))
    writer = cv2.VideoWriter(str(path), code, rate, size)
    for number in range(count):
        writer.write(np.full((size[1], size[0], 3), 4 * number, np.uint8))
    writer.release()
    return path


def read(path: Path, *, interval: float = 1.0, start: float = 0.0) -> list[Frame]:
    with VideoReader(path, interval=interval, start=start) as reader:
        return [frame for frame in reader.frames() if frame is not None]


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_one_frame_for_each_interval_with_its_time(tmp_path: Path, suffix: str) -> None:
    path = write_video(tmp_path / f"film{suffix}")
    with VideoReader(path, interval=1.0) as reader:
        frames = []
        for frame in reader.frames():
            if frame is not None:
                assert reader.at == frame.seconds
                frames.append(frame)
        assert (reader.info.width, reader.info.height) == (96, 64)
        assert reader.info.seconds == pytest.approx(3.0)
        assert reader.at == pytest.approx(2.9)
    assert [frame.seconds for frame in frames] == pytest.approx([0.0, 1.0, 2.0])
    for frame, bright in zip(frames, (0, 40, 80), strict=True):
        assert frame.pixels.shape == (64, 96, 3)
        assert abs(float(frame.pixels.mean()) - bright) < 6


def test_reading_begins_where_it_is_asked_to(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.mp4", 60)
    frames = read(path, start=3.5)
    assert [frame.seconds for frame in frames] == pytest.approx([3.5, 4.0, 5.0])
    assert abs(float(frames[0].pixels.mean()) - 140) < 6


@pytest.mark.parametrize("start", [0.0, 3.2], ids=["from the beginning", "from the middle"])
def test_frames_that_no_other_depends_on_are_left_out(start: float) -> None:
    # 100 frames of H.264 at 20 a second, three of four B-frames; frame n has the brightness 2 n.
    frames = read(Path(__file__).with_name("b-frames.mp4"), interval=0.001, start=start)
    assert frames[0].seconds == pytest.approx(start, abs=0.1)
    assert frames[-1].seconds == pytest.approx(4.95)
    assert 0.5 <= len(frames) / (20 * (5 - start)) < 0.7
    for frame in frames:
        assert abs(float(frame.pixels.mean()) - 40 * frame.seconds) < 6


def test_all_frames_are_decoded_where_most_depend_on_few() -> None:
    # 70 frames of H.264 at 10 a second, 16 of 17 B-frames on which no other depends; frame n has the brightness 2 n.
    frames = read(Path(__file__).with_name("many-b-frames.mp4"), interval=0.001)
    assert len(frames) == 70
    for frame in frames:
        assert abs(float(frame.pixels.mean()) - 20 * frame.seconds) < 6


def strip_container(path: Path) -> bytes:
    """The H.264 stream of an MP4 whose frames lie one behind the other (ISO 14496-15, 5.3.3; ISO 14496-10, B.1)."""
    data = path.read_bytes()
    units = []

    def take_units(at: int, count: int | None, end: int, size: int) -> int:
        """Take units from a place on, each behind its length of so many bytes; return the place behind them."""
        while at < end and count != 0:
            length = int.from_bytes(data[at : at + size], "big")
            units.append(data[at + size : at + size + length])
            at, count = at + size + length, None if count is None else count - 1
        return at

    settings = data.index(b"avcC") + 4
    behind = take_units(settings + 6, data[settings + 5] & 31, len(data), 2)
    take_units(behind + 1, data[behind], len(data), 2)
    frames = data.index(b"mdat")
    take_units(frames + 4, None, frames - 4 + int.from_bytes(data[frames - 4 : frames], "big"), 4)
    return b"".join(b"\0\0\0\1" + unit for unit in units)


@pytest.mark.parametrize("start", [0.0, 2.0])
def test_frames_of_a_film_without_times_are_counted(tmp_path: Path, start: float) -> None:
    path = tmp_path / "film.h264"
    path.write_bytes(strip_container(Path(__file__).with_name("b-frames.mp4")))
    frames = read(path, interval=0.001, start=start)
    assert frames[0].seconds == pytest.approx(start)
    assert frames[-1].seconds == pytest.approx(99 / 25)  # FFmpeg takes 25 frames a second for granted
    for frame in frames:
        assert abs(float(frame.pixels.mean()) - 2 * 25 * frame.seconds) < 6


def test_a_wrong_frame_rate_does_no_harm(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.avi", 20)
    data = bytearray(path.read_bytes())
    at = data.index(b"strh") + 8
    assert data[at : at + 4] == b"vids"
    struct.pack_into("<II", data, at + 20, 1, 0)  # scale and rate: no frame rate at all
    path.write_bytes(data)
    frames = read(path, interval=0.5)
    times = [frame.seconds for frame in frames]
    assert times == sorted(times)
    assert len(times) >= 1


@pytest.mark.parametrize(("degrees", "matrix"), [(90, (0, 1, -1, 0)), (180, (-1, 0, 0, -1)), (270, (0, -1, 1, 0))])
def test_a_film_of_a_turned_phone_is_upright(tmp_path: Path, degrees: int, matrix: tuple[int, int, int, int]) -> None:
    """degrees: by which players turn the frames clockwise."""
    path = tmp_path / "phone.mp4"
    frame = np.zeros((64, 96, 3), np.uint8)
    frame[:32, :48] = 255  # the left upper quarter is white
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, (96, 64))
    for _ in range(12):
        writer.write(frame)
    writer.release()
    data = bytearray(path.read_bytes())
    header = data.index(b"tkhd") + 4
    one = 1 << 16
    a, b, c, d = (one * each for each in matrix)
    struct.pack_into(">9i", data, header + 40, a, b, 0, c, d, 0, 0, 0, 1 << 30)  # ISO 14496-12, 8.3.2
    path.write_bytes(data)
    first = read(path)[0].pixels
    upright = np.rot90(frame, -degrees // 90)
    assert first.shape == upright.shape
    assert np.abs(first.astype(int) - upright).mean() < 12


def test_times_of_a_variable_frame_rate_are_those_of_the_file(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.mp4", 30)
    data = bytearray(path.read_bytes())
    table = data.index(b"stts") + 4
    version, entries, count, duration = struct.unpack_from(">4I", data, table)
    assert (version, entries, count) == (0, 1, 30)
    # The frames stay where they are; the second half lasts four times as long. The table grows by one entry, for which
    # a table of edits, which isn't needed, makes room.
    edits = data.index(b"edts") - 4
    (size,) = struct.unpack_from(">I", data, edits)
    del data[edits : edits + size]
    table -= size if edits < table else 0
    new = struct.pack(">6I", version, 2, 15, duration, 15, 4 * duration)
    data[table : table + 16] = new
    struct.pack_into(">I", data, table - 8, 8 + len(new))
    for name, change in ((b"stbl", 8), (b"minf", 8), (b"mdia", 8), (b"trak", 8 - size), (b"moov", 8 - size)):
        at = data.index(name) - 4
        struct.pack_into(">I", data, at, struct.unpack_from(">I", data, at)[0] + change)
    path.write_bytes(data)
    frames = read(path, interval=1.0)
    # Frames are 0.1 seconds apart up to 1.5 seconds, then 0.4.
    for frame in frames:
        number = frame.seconds * 10 if frame.seconds < 1.5 else 15 + (frame.seconds - 1.5) / 0.4
        assert abs(float(frame.pixels.mean()) - 4 * number) < 6
    assert frames[-1].seconds > 6


def test_a_truncated_video_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.avi", 60)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    frames = read(path)
    assert 1 <= len(frames) < 6


MP4_HEAD = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"isom")


def _sound_only() -> bytes:
    box = b"soun" + bytes(12)
    return MP4_HEAD + struct.pack(">I4s", 8 + len(box), b"moov") + box


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7 not a video at all", "this is not a video in a supported format"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "this is not a video in a supported format"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "this is not a video in a supported format"),
        (b"ID3\x04" + bytes(1000), "this file contains sound but no picture"),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(100), "this file contains sound but no picture"),
        (_sound_only(), "this file contains sound but no picture"),
        (MP4_HEAD + struct.pack(">I4s", 1008, b"mdat") + bytes(1000), "its index is missing"),
        (MP4_HEAD + struct.pack(">I4s", 108, b"moov") + bytes(100), "can’t be decoded"),
        (b"\x1aE\xdf\xa3" + bytes(2000), "can’t be decoded"),
    ],
    ids=["empty", "document", "playlist", "list", "mp3", "wave", "audio only", "no index", "empty index", "broken"],
)
def test_what_is_no_video_is_one_clear_line(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "lecture.mp4"
    path.write_bytes(data)
    with pytest.raises(VideoError) as refused:
        read(path)
    assert said in str(refused.value)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)
    assert refused.value.remedy


def test_a_video_without_frames_says_so(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.avi", 2)
    data = path.read_bytes()
    movie = data.index(b"movi")
    path.write_bytes(data[: movie + 4])
    with pytest.raises(VideoError, match=r"no frames|can’t be decoded"):
        read(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="the file does not exist"):
        read(tmp_path / "none.mp4")
    with pytest.raises(VideoError, match="folder"):
        read(tmp_path)


def test_a_fingerprint_follows_the_contents(tmp_path: Path) -> None:
    one, other = write_video(tmp_path / "a.mp4", 10), write_video(tmp_path / "b.mp4", 12)
    before = video_file.check_video(one)
    assert before != video_file.check_video(other)
    (tmp_path / "c.mp4").write_bytes(one.read_bytes())
    assert video_file.check_video(tmp_path / "c.mp4") == before


def test_a_video_is_known_by_its_suffix() -> None:
    assert video_file.is_video(Path("Lecture.MOV"))
    assert not video_file.is_video(Path("board.jpg"))
