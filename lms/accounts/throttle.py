"""Slowing down those who guess: failures are counted per account and per address.

Who is counted is kept as a keyed digest, so that neither memory nor Redis holds an
address or an e-mail address.
"""

import hashlib
import hmac
import logging
import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import TypeVar

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from lms.clock import utc_now

Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)
_REDIS_SECONDS = 0.5
_REST_SECONDS = 30  # Redis is asked again after so long
_IPV6_NETWORK_BITS = 64  # one customer usually holds a whole /64


class Throttle:
    """Counts in moving windows, in Redis where several machines serve, else in memory.

    Parameters
    ----------
    secret_key : str
        Keys the digests.
    limits : mapping of str to limit
        How often each kind of thing may happen.
    redis_url : str or None
        While Redis does not answer, each process counts for itself.
    """

    def __init__(
        self, secret_key: str, limits: dict[str, RateLimitItem], redis_url: str | None
    ) -> None:
        self._secret = secret_key.encode()
        self._limits = limits
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._redis = _redis_limiter(redis_url) if redis_url else None
        self._redis_rests_until = 0.0

    def digest(self, kind: str, who: str) -> str:
        """Return what stands for somebody in what is counted."""
        text = f"throttle/{kind}/{who}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()

    def take(self, kind: str, who: str) -> bool:
        """Count one and say whether it is within the limit, in one step: no race."""
        return self._ask(lambda limiter: limiter.hit(*self._names(kind, who)))

    def is_full(self, kind: str, who: str) -> bool:
        """Say whether the next one would be over the limit; counts nothing."""
        return not self._ask(lambda limiter: limiter.test(*self._names(kind, who)))

    def seconds_left(self, kind: str, who: str) -> int:
        """Return after how many seconds the next one is within the limit again."""
        stats = self._ask(
            lambda limiter: limiter.get_window_stats(*self._names(kind, who))
        )
        return max(1, math.ceil(stats.reset_time - utc_now().timestamp()))

    def forget(self, kind: str, who: str) -> None:
        """Let somebody begin anew: they have shown who they are."""
        self._ask(lambda limiter: limiter.clear(*self._names(kind, who)))

    def _names(self, kind: str, who: str) -> tuple[RateLimitItem, str]:
        return self._limits[kind], self.digest(kind, who)

    def _ask(self, question: Callable[[MovingWindowRateLimiter], Answer]) -> Answer:
        if self._redis is None or time.monotonic() < self._redis_rests_until:
            return question(self._memory)
        try:
            return question(self._redis)
        except StorageError as error:
            self._redis_rests_until = time.monotonic() + _REST_SECONDS
            cause = type(error.storage_error).__name__
            _log.warning("rate limits are kept in memory, Redis is away: %s", cause)
            return question(self._memory)


def sign_in_limits(
    *, per_account: int, per_address: int, resets: int
) -> dict[str, RateLimitItem]:
    """Return the limits of everything at the door.

    `per_account` and `per_address` are failures to sign in, in 15 minutes and in an
    hour, `resets` the mails that one address may ask for in an hour; the others bear
    on mails to one account, on codes of a second factor (15 in an hour leave a guesser
    a chance of one in a thousand a day) and on links.
    """
    return {
        "account": RateLimitItemPerMinute(per_account, 15, "account"),
        "address": RateLimitItemPerHour(per_address, 1, "address"),
        "sign-on": RateLimitItemPerHour(per_address, 1, "sign-on"),
        "mail": RateLimitItemPerHour(3, 1, "mail"),
        "mail-address": RateLimitItemPerHour(resets, 1, "mail-address"),
        "code": RateLimitItemPerHour(15, 1, "code"),
        "link": RateLimitItemPerHour(per_address, 1, "link"),
    }


def network_of(address: str | None) -> str:
    """Return whom an address stands for: itself, or its network if it is IPv6."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(int(found) >> (128 - _IPV6_NETWORK_BITS))


def _redis_limiter(url: str) -> MovingWindowRateLimiter:
    address = f"redis+{url}" if url.startswith("unix:") else url
    return MovingWindowRateLimiter(
        storage_from_string(
            address,
            wrap_exceptions=True,
            key_prefix="tsunagu-throttle",
            socket_timeout=_REDIS_SECONDS,
            socket_connect_timeout=_REDIS_SECONDS,
        )
    )
