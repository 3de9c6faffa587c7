"""Days by the Japanese era, for paper: 令和8年11月26日."""

from datetime import date

from lms.web.markdown import trusted_message

_REIWA_BEGAN = date(2019, 5, 1)
# The style sheet for print writes the era before the day, and a bracket behind it.
_DAY = trusted_message(
    '<span class="day" data-era="%(era)s%(rest)s（">%(year)s年%(rest)s'
    '<span class="day__weekday">%(weekday)s</span></span>'
)


def reiwa_year(day: date) -> str | None:
    """Return the year as in 令和8年, or nothing for a day before that era."""
    if day < _REIWA_BEGAN:
        return None
    number = day.year - _REIWA_BEGAN.year + 1
    return f"令和{'元' if number == 1 else number}年"


def day_with_era(day: date, weekday: str) -> str:
    """Return HTML of a Japanese day that carries its era onto paper.

    On screen it reads 2026年11月26日（木）, printed 令和8年11月26日（2026年11月26日）.
    """
    era = reiwa_year(day)
    rest = f"{day.month}月{day.day}日"
    if era is None:
        return f"{day.year}年{rest}{weekday}"
    return _DAY % {"era": era, "rest": rest, "year": day.year, "weekday": weekday}
