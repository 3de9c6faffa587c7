"""Whether a client can use a support menu, as far as that can be known."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.directory.domain.attributes import Value
from lms.directory.domain.conditions import Condition, Truth
from lms.directory.domain.directory import SupportMenu


class Verdict(StrEnum):
    """What the conditions say together."""

    SATISFIED = "satisfied"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """What the conditions of a menu say of a client.

    Attributes
    ----------
    failed : tuple of Condition
        Conditions that do not hold, each with its text and its legal source.
    unknown : tuple of Condition
        Conditions that cannot be judged yet.
    asks : tuple of str
        Attributes to ask about, so that `unknown` can be judged.
    doubtful : tuple of Condition
        Unverified conditions that do not hold or cannot be judged. They are shown and
        never decide: nobody is graded by them.
    is_weighed : bool
        The body that grants the menu weighs each case; conditions do not settle it.
    """

    verdict: Verdict
    failed: tuple[Condition, ...] = ()
    unknown: tuple[Condition, ...] = ()
    asks: tuple[str, ...] = ()
    doubtful: tuple[Condition, ...] = ()
    is_weighed: bool = False

    @property
    def is_likely_only(self) -> bool:
        """Say whether nothing speaks against it, yet it is not certain either."""
        is_certain = not self.doubtful and not self.is_weighed
        return self.verdict is Verdict.SATISFIED and not is_certain


def eligibility(menu: SupportMenu, facts: Mapping[str, Value]) -> Eligibility:
    """Judge every condition of `menu` by what is known of a client.

    Parameters
    ----------
    facts : mapping of str to (str, int or bool)
        Attribute to value, such as a `ClientProfile`. An attribute that is absent or
        ``unknown`` is not known. `Directory.faults_in` says whether all are declared.

    Returns
    -------
    Eligibility
        Failed as soon as one verified condition fails, whatever else is unknown.
    """
    failed, unknown, doubtful = [], [], []
    for condition in menu.conditions:
        truth = condition.needs.judge(facts)
        if truth is Truth.HOLDS:
            continue
        if condition.basis.is_unverified:
            doubtful.append(condition)
        elif truth is Truth.FAILS:
            failed.append(condition)
        else:
            unknown.append(condition)
    asks = [name for row in unknown for name in row.needs.asks(facts)]
    return Eligibility(
        verdict=_verdict(failed, unknown),
        failed=tuple(failed),
        unknown=tuple(unknown),
        asks=tuple(dict.fromkeys(asks)),
        doubtful=tuple(doubtful),
        is_weighed=menu.is_weighed,
    )


def _verdict(failed: list[Condition], unknown: list[Condition]) -> Verdict:
    if failed:
        return Verdict.FAILED
    return Verdict.UNKNOWN if unknown else Verdict.SATISFIED
