"""The one place that reads the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this module is the clock


def local_day(moment: datetime, time_zone: str) -> date:
    """Return the calendar day of a moment in a zone such as ``Asia/Tokyo``."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
