"""Which phone gets in, and for how long."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ocr_studio.server.phone.session import (
    MOST_PHOTOS,
    SECONDS,
    PhoneRefused,
    PhoneSession,
    PhotoState,
    Refusal,
    TooManyPhotos,
)

FOLDER = Path("boards")


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(clock: Clock) -> PhoneSession:
    return PhoneSession(FOLDER, clock=clock)


def refused(session: PhoneSession, token: str) -> Refusal:
    with pytest.raises(PhoneRefused) as caught:
        session.pair(token)
    return caught.value.refusal


def test_a_token_has_128_random_bits() -> None:
    tokens = {PhoneSession(FOLDER).token for _ in range(100)}
    assert len(tokens) == 100
    assert {len(base64.urlsafe_b64decode(f"{token}==")) for token in tokens} == {16}


def test_the_first_phone_gets_a_secret_and_no_other(session: PhoneSession) -> None:
    secret = session.pair(session.token)
    session.check(secret)
    assert secret != session.token
    assert refused(session, session.token) is Refusal.USED
    session.check(secret)  # the first one is still in
    for wrong in ("", session.token, secret[:-1], f"{secret}x", "ä"):
        with pytest.raises(PhoneRefused) as caught:
            session.check(wrong)
        assert caught.value.refusal is Refusal.WRONG


def test_of_many_phones_at_once_one_gets_in(session: PhoneSession) -> None:
    def pair(_: int) -> str:
        try:
            return session.pair(session.token)
        except PhoneRefused as error:
            return error.refusal

    with ThreadPoolExecutor(8) as phones:
        answers = list(phones.map(pair, range(40)))
    assert answers.count(Refusal.USED) == 39


def test_no_secret_is_right_before_a_phone_has_one(session: PhoneSession) -> None:
    with pytest.raises(PhoneRefused):
        session.check("")


@pytest.mark.parametrize("wrong", ["", "x", "Ω", "\ud800"])
def test_a_wrong_token_is_refused_and_the_right_one_stays_good(session: PhoneSession, wrong: str) -> None:
    assert refused(session, wrong) is Refusal.WRONG
    assert refused(session, session.token[:-1]) is Refusal.WRONG
    assert session.pair(session.token)


def test_after_ten_minutes_everybody_is_refused(session: PhoneSession, clock: Clock) -> None:
    secret = session.pair(session.token)
    clock.now += SECONDS - 1
    session.check(secret)
    clock.now += 1
    assert SECONDS == 600
    assert session.seconds_left == 0
    assert refused(session, session.token) is Refusal.EXPIRED
    with pytest.raises(PhoneRefused) as caught:
        session.check(secret)
    assert caught.value.refusal is Refusal.EXPIRED
    session.extend()
    assert session.seconds_left == 0  # what is over stays over


def test_the_time_can_be_extended_while_it_lasts_and_ended_early(session: PhoneSession, clock: Clock) -> None:
    secret = session.pair(session.token)
    clock.now += 590
    session.extend()
    clock.now += 590
    session.check(secret)
    session.close()
    assert refused(session, session.token) is Refusal.EXPIRED


def test_what_becomes_of_a_photo_is_noted(session: PhoneSession) -> None:
    first, second = session.add(FOLDER / "a.jpg", "a"), session.add(FOLDER / "b.jpg", "b")
    assert (first.number, second.number, first.state) == (1, 2, PhotoState.WAITING)
    session.set_read(FOLDER / "a.jpg", "load balancer")
    session.set_failed(FOLDER / "b.jpg", "damaged")
    session.set_read(FOLDER / "other.jpg", "not of this phone")
    assert [(photo.state, photo.text) for photo in session.photos] == [
        (PhotoState.READ, "load balancer"),
        (PhotoState.FAILED, "damaged"),
    ]
    assert session.find("a") == session.photos[0]
    assert session.find("c") is None


def test_a_phone_may_send_only_so_many(session: PhoneSession) -> None:
    for number in range(MOST_PHOTOS):
        session.check_room()
        session.add(FOLDER / f"{number}.jpg", str(number))
    with pytest.raises(TooManyPhotos):
        session.check_room()
