"""Passwords: right is right, wrong is wrong, and a user that is not there takes as long and is never it."""

from __future__ import annotations

from dialerd.adapters.passwords import Argon2Passwords, draw_secret


def test_only_the_password_itself_fits_its_hash() -> None:
    passwords = Argon2Passwords()
    kept = passwords.hash("correct horse")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify(kept, "correct horse")
    assert not passwords.verify(kept, "correct horse ")
    assert not passwords.verify("no hash at all", "correct horse")
    assert passwords.hash("correct horse") != kept, "salted"


def test_nobody_has_no_password() -> None:
    assert not Argon2Passwords().verify(None, "")


def test_secrets_differ_and_are_long() -> None:
    drawn = {draw_secret() for _ in range(100)}
    assert len(drawn) == 100
    assert min(map(len, drawn)) >= 43
