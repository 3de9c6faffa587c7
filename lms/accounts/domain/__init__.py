"""The rules of passwords."""

from lms.accounts.domain.password import (
    MAX_CHARACTERS,
    MIN_CHARACTERS,
    Weakness,
    find_weakness,
    normalise_password,
)

__all__ = [
    "MAX_CHARACTERS",
    "MIN_CHARACTERS",
    "Weakness",
    "find_weakness",
    "normalise_password",
]
