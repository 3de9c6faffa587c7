"""What passes between the provider and us: no part of how it is asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """What this browser must bring along again: kept in its signed cookie."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what to expect of it afterwards."""

    url: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for.

    Attributes
    ----------
    email : str or None
        The address, only if the provider says that it has verified it.
    has_factors : bool
        Whether the provider says that several factors were shown.
    """

    issuer: str
    subject: str
    email: str | None
    has_factors: bool
