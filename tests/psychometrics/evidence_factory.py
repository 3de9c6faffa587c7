"""Rows and scales with defaults, so that a test names only what matters to it."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from lms.psychometrics import Bank, Evidence, LevelCuts, LevelEstimate, estimate_level

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
NEEDS = ("knowledge", "knowledge", "simulation", "practice", "supervision")
SCALE = LevelCuts(
    cuts=(-1.5, -0.5, 0.5, 1.5, 2.5), needs=NEEDS, prior_mean=0.0, prior_sd=1.5
)
BAND_STEPS = (-0.7, 0.5, 1.8)

_numbers = count(1)


def make_row(**given: Any) -> Evidence:
    """Make a right answer to an item; the indicator is named after its maximum."""
    given.setdefault("id", f"row-{next(_numbers):06}")
    given.setdefault("kind", "knowledge")
    given.setdefault("maximum", 1)
    given.setdefault("score", given["maximum"])
    given.setdefault("indicator", f"of-{given['maximum']}")
    given.setdefault("done_on", date(2026, 6, 1))
    given.setdefault("recorded_at", datetime(2026, 6, 1, 9, tzinfo=UTC))
    return Evidence(**given)


def make_sheet(*bands: int, kind: str = "simulation", **given: Any) -> list[Evidence]:
    """Make the criteria of one rater's sheet on one case or piece of practice."""
    number = next(_numbers)
    given = {"episode": f"episode-{number}", "rater": f"rater-{number}", **given}
    return [make_row(kind=kind, score=band, maximum=3, **given) for band in bands]


BANK = Bank({"of-1": [-0.4], "of-2": [-0.3, 1.0], "of-3": BAND_STEPS})


def estimate(rows: list[Evidence], **given: Any) -> LevelEstimate:
    """Estimate on the scale and bank of the tests."""
    given.setdefault("as_of", AS_OF)
    return estimate_level(
        rows, given.pop("bank", BANK), given.pop("scale", SCALE), **given
    )
