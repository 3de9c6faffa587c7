"""Which passwords are taken, and what is kept of them."""

import pytest
from argon2 import PasswordHasher

from lms.accounts.domain import MIN_CHARACTERS, Weakness, find_weakness
from lms.accounts.passwords import Passwords

ABOUT = ("佐藤 例子", "reiko.sato@test.example")


@pytest.mark.parametrize(
    "password",
    [
        "seven quiet herons",
        "seven  quiet  herons  ",
        "かさをさしてあるくねこがいる",  # 14 characters, see the next test
        "窓口で傘を忘れた猫が三匹も並ぶ",
        "🦆🦉🐸🌧️🎐🍵 and more rain",
        "xK9#mQ2$vL7@nR4",
        "nine old bicycles, rusting",
    ],
)
def test_long_passwords_in_any_script_are_taken(password):
    expected = Weakness.SHORT if len(password) < MIN_CHARACTERS else None
    assert find_weakness(password, about=ABOUT) == expected


def test_each_character_counts_as_one_and_fifteen_are_needed():
    assert find_weakness("窓口で傘を忘れた猫が三匹並ぶ") is Weakness.SHORT
    assert find_weakness("窓口で傘を忘れた猫が三匹も並ぶ") is None


def test_more_than_1024_characters_are_refused():
    sentence = "seven quiet herons wade 1 by 1; "
    assert find_weakness((sentence * 40)[:1025]) is Weakness.LONG
    assert find_weakness("㍿㌘㍉ seven herons" * 60) is Weakness.LONG  # written out


@pytest.mark.parametrize(
    "password",
    ["aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "ninjaninjaninja", "121212121212121212"],
)
def test_what_repeats_itself_is_refused(password):
    assert find_weakness(password) is Weakness.REPEATED


@pytest.mark.parametrize(
    "password",
    [
        "123456789012345",
        "abcdefghijklmnop",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv",
        "zyxwvutsrqponmlk",
        "password12345678",
        "Password-1234567",
        "ｐａｓｓｗｏｒｄ１２３４５６７８",
        "correct horse battery staple",
        "あいうえおかきくけこさしすせそ",
        "tsunagu-tsunagu-2026",
        "welcome to japan 123",
        "つなぐコーディネーター2026",
    ],
)
def test_what_is_tried_first_is_refused(password):
    assert find_weakness(password) is Weakness.EXPECTED


@pytest.mark.parametrize("password", ["reiko.sato@test.example", "sato-reiko-1234567"])
def test_words_of_the_person_do_not_count(password):
    assert find_weakness(password, about=ABOUT) is Weakness.EXPECTED


def test_full_width_letters_of_a_japanese_keyboard_are_the_same_password():
    passwords = Passwords(cheap=True)
    kept = passwords.hash("ｓｅｖｅｎ　quiet herons")
    assert passwords.matches(kept, "seven quiet herons")
    composed, decomposed = "がくしゅう", "がくしゅう"
    assert passwords.matches(passwords.hash(composed), decomposed)


def test_case_and_blanks_make_another_password():
    passwords = Passwords(cheap=True)
    kept = passwords.hash("seven quiet herons")
    assert not passwords.matches(kept, "Seven quiet herons")
    assert not passwords.matches(kept, "seven quiet herons ")


def test_nothing_longer_than_the_limit_is_hashed():
    passwords = Passwords(cheap=True)
    kept = passwords.hash("")  # what an over-long one is compared as
    assert not passwords.matches(kept, "x" * 1025)


def test_a_hash_at_another_cost_is_outdated():
    older = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    passwords = Passwords(cheap=True)
    assert passwords.is_outdated(older.hash("seven quiet herons"))
    assert not passwords.is_outdated(passwords.hash("seven quiet herons"))
