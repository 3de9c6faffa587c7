"""What an entry rests on: laws with articles, pages, and how surely it is known."""

import re
from dataclasses import dataclass
from enum import StrEnum

from lms.content.domain import Bilingual, SourceNote

# 19-16 is 19条の16; 2(3)(9) is 2条3項9号; a leading s is a supplementary provision.
ARTICLE = re.compile(r"^(s)?(\d+)((?:-\d+)*)(?:\((\d+)\))?(?:\((\d+)\))?$")


class Standing(StrEnum):
    """How surely a statement is known.

    ``read``: a source page was read for it. ``general``: well-established law, not
    yet held against the text of the article. ``unverified``: to be checked before
    anybody relies on it; never a graded failure.
    """

    READ = "read"
    GENERAL = "general"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class LegalSource:
    """A law, notice or ordinance, with the articles that are meant."""

    act: str
    title: Bilingual
    articles: tuple[str, ...] = ()

    @property
    def citation(self) -> Bilingual:
        """Return law and articles as each language writes them."""
        if not self.articles:
            return self.title
        japanese = "、".join(map(_in_japanese, self.articles))
        english = ", ".join(map(_in_english, self.articles))
        word = "art." if len(self.articles) == 1 else "arts."
        return Bilingual(
            ja=f"{self.title.ja} {japanese}", en=f"{self.title.en}, {word} {english}"
        )


@dataclass(frozen=True, slots=True)
class Basis:
    """Laws and pages of one statement, with its dates and its standing."""

    laws: tuple[LegalSource, ...]
    note: SourceNote
    standing: Standing

    @property
    def is_unverified(self) -> bool:
        """Say whether nothing may be graded on it."""
        return self.standing is Standing.UNVERIFIED


def _in_japanese(article: str) -> str:
    match = ARTICLE.match(article)
    if match is None:
        return article
    supplement, number, branches, paragraph, item = match.groups()
    text = f"{'附則' if supplement else ''}{number}条"
    text += "".join(f"の{part}" for part in branches.split("-")[1:])
    if paragraph:
        text += f"{'第' if branches else ''}{paragraph}項"
    return text + (f"{item}号" if item else "")


def _in_english(article: str) -> str:
    if article.startswith("s"):
        return f"{article[1:]} of the supplementary provisions"
    return article
