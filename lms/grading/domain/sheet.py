"""A rater's sheet as plain values: ratings, what is missing, what it shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.framework.domain import Criterion, Rubric

_DIGEST_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Rating:
    """What a rater says about one criterion.

    Attributes
    ----------
    band : int or None
        The band given; None while it is open or when nothing could be observed.
    not_observed : bool
        The work gave nothing to judge this by. It is never counted as a lack.
    """

    criterion: str
    band: int | None = None
    not_observed: bool = False
    comment: str = ""

    def __post_init__(self) -> None:
        if self.not_observed and self.band is not None:
            raise ValueError(f"{self.criterion}: a band and not observed at once")

    @property
    def is_given(self) -> bool:
        """Say whether the rater has made up their mind."""
        return self.not_observed or self.band is not None


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """A sheet's content: one rating per criterion in the rubric's order.

    Two drafts are equal when they say the same.
    """

    ratings: tuple[Rating, ...]
    comment: str = ""

    @classmethod
    def on(
        cls, rubric: Rubric, ratings: Iterable[Rating] = (), comment: str = ""
    ) -> "SheetDraft":
        """Return a draft with every criterion of `rubric`, open where not rated.

        Raises
        ------
        ValueError
            A rating names a criterion or a band that the rubric does not have.
        """
        given = {rating.criterion: rating for rating in ratings}
        unknown = set(given) - {row.slug for row in rubric.criteria}
        if unknown:
            raise ValueError(f"{rubric.slug} has no criterion {sorted(unknown)}")
        bands = {row.band for row in rubric.bands} | {None}
        strange = sorted(key for key, row in given.items() if row.band not in bands)
        if strange:
            raise ValueError(f"{rubric.slug} has no such band: {strange}")
        return cls(
            tuple(given.get(row.slug, Rating(row.slug)) for row in rubric.criteria),
            comment,
        )

    def rating(self, criterion: str) -> Rating:
        """Return what is said about one criterion."""
        return next(row for row in self.ratings if row.criterion == criterion)


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion on which two drafts do not say the same."""

    criterion: Criterion
    stored: Rating
    typed: Rating


@dataclass(frozen=True, slots=True)
class Showing:
    """One thing that a returned sheet says the learner has shown.

    Attributes
    ----------
    indicator : str
        Criterion and the digest of the rubric that described it.
    steps : tuple of float
        Declared difficulties of the steps between bands, in logits.
    """

    criterion: str
    competency: str
    kind: str
    indicator: str
    score: int
    maximum: int
    steps: tuple[float, ...]
    is_critical: bool


def missing_criteria(rubric: Rubric, draft: SheetDraft) -> tuple[Criterion, ...]:
    """Return the criteria that keep a sheet from being returned."""
    return tuple(row for row in rubric.criteria if not draft.rating(row.slug).is_given)


def differences(
    rubric: Rubric, stored: SheetDraft, typed: SheetDraft
) -> tuple[Difference, ...]:
    """Return the criteria on which a stored and a typed draft part."""
    pairs = (
        Difference(row, stored.rating(row.slug), typed.rating(row.slug))
        for row in rubric.criteria
    )
    return tuple(pair for pair in pairs if pair.stored != pair.typed)


def evidence_of(rubric: Rubric, digest: str, draft: SheetDraft) -> tuple[Showing, ...]:
    """Return what a sheet shows, criterion by criterion.

    What was not observed shows nothing, so what the work recorded by itself stands.

    Parameters
    ----------
    digest : str
        SHA-256 of the rubric version, in hex.
    """
    rated = ((row, draft.rating(row.slug).band) for row in rubric.criteria)
    return tuple(
        Showing(
            criterion=row.slug,
            competency=row.measures,
            kind=row.kind.value,
            indicator=f"rubric/{rubric.slug}/{row.slug}@{digest[:_DIGEST_CHARACTERS]}",
            score=band,
            maximum=rubric.highest_band,
            steps=row.band_steps,
            is_critical=band == row.critical_in_band,
        )
        for row, band in rated
        if band is not None
    )
