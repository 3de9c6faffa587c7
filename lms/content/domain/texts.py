"""Texts in both languages, and the source that a statement rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A short text in Japanese and English."""

    ja: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the text for a reader; Japanese is the source."""
        return self.en if language == "en" else self.ja

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> "Bilingual":
        """Read the stored form ``{"ja": …, "en": …}``."""
        return cls(ja=value["ja"], en=value["en"])


@dataclass(frozen=True, slots=True)
class SourceNote:
    """What a statement rests on, and until when it may be trusted.

    Attributes
    ----------
    titles : tuple of Bilingual
        Law and article, or publisher and title.
    urls : tuple of (str or None)
        Address of each, where there is one.
    as_of : date
        Day on which the statement was held against its source.
    review_by : date
        Day after which it is due for review.
    """

    titles: tuple[Bilingual, ...]
    urls: tuple[str | None, ...]
    as_of: date
    review_by: date

    def is_due(self, today: date) -> bool:
        """Say whether the statement is past its review date."""
        return today > self.review_by

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SourceNote":
        """Read the keys ``source``, ``as_of`` and ``review_by`` of a document."""
        return cls(
            titles=tuple(Bilingual.from_json(row["title"]) for row in value["source"]),
            urls=tuple(row.get("url") for row in value["source"]),
            as_of=date.fromisoformat(value["as_of"]),
            review_by=date.fromisoformat(value["review_by"]),
        )
