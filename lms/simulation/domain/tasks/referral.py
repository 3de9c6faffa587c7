"""Referral: to whom, why, with whose consent, telling what, and what then."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from lms.errors import message
from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.effects import Share
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.tasks.fit import Fit, ReadCondition
from lms.simulation.domain.tasks.referral_search import (
    ASK_KEYS,
    Care,
    best_referrals,
    referral_variants,
)
from lms.simulation.domain.tasks.scoring import (
    NOTHING_LISTED,
    Aspect,
    Cuts,
    Entry,
    Listed,
    Part,
    Scope,
    Task,
    TaskScore,
)
from lms.simulation.domain.tasks.shapes import (
    AnswerFault,
    require_count,
    require_keys,
    require_list_of,
    require_text,
)

_ASPECTS = {"fit": "addressee", "what_is_shared": "sharing"}


@dataclass(frozen=True, slots=True)
class ReferralTask(Task):
    """Refer the person to partners.

    The credit of one referral is its fit (good 1, partial 0.5, poor 0) times the mean
    of the aspects asked for: a careful referral to the wrong partner is none, and a
    fitting one without care is incomplete. The credit of the answer is the mean over
    its referrals. Telling a sensitive fact without consent in place is unsafe.

    Attributes
    ----------
    ask : tuple of str
        Some of ``reason``, ``consent``, ``what_is_shared``, ``follow_up``.
    may_share : frozenset of str
        Facts that may be told without consent.
    consent : Condition or None
        Consent is in place if the answer claims it and this holds.
    keyed : frozenset of str
        Aspects that are evidence of their own.
    """

    directory: tuple[Entry, ...]
    minimum: int
    maximum: int
    ask: tuple[str, ...]
    fit: Mapping[str, Fit]
    may_share: frozenset[str]
    sensitive: frozenset[str]
    consent: Condition | None
    cuts: Cuts
    keyed: frozenset[str] = frozenset()

    kind: ClassVar[str] = "referral"

    @classmethod
    def from_document(
        cls,
        row: Mapping[str, Any],
        *,
        facts: Mapping[str, Any],
        condition: ReadCondition,
        listed: Mapping[str, Listed] = NOTHING_LISTED,
    ) -> "ReferralTask":
        """Read the keys of a referral scene."""
        free = {name for name, fact in facts.items() if fact.get("may_share")}
        needs = row.get("needs", {}).get("consent")
        return cls(
            directory=Entry.list_from(row["directory"], listed),
            minimum=row["pick"].get("min", 1),
            maximum=row["pick"]["max"],
            ask=tuple(row.get("ask", ())),
            fit={
                name: Fit.from_document(given, condition)
                for name, given in row["fit"].items()
            },
            may_share=frozenset(free | set(row.get("may_share", ()))),
            sensitive=frozenset(
                n for n, fact in facts.items() if fact.get("sensitive")
            ),
            consent=condition(needs) if needs else None,
            cuts=Cuts.from_document(row.get("cuts")),
            keyed=frozenset(row.get("aspects", ())),
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the partners."""
        return self.directory

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions of fit and consent."""
        rules = [rule.good_when for rule in self.fit.values()]
        return tuple(rule for rule in (*rules, self.consent) if rule is not None)

    @property
    def reads_facts(self) -> bool:
        """Say whether facts may be told, and so must be known."""
        return "what_is_shared" in self.ask

    def what_matters(self, scope: Scope) -> Hashable:
        """Return the watched facts that are known, and the classes of the others."""
        if not self.reads_facts:
            return 0
        known = scope.known_facts
        others = frozenset(
            (fact in self.may_share, fact in self.sensitive)
            for fact in known
            if fact not in scope.watched
        )
        has_free = any(fact in self.may_share for fact in known)
        return frozenset(known) & scope.watched, others, has_free

    def check(self, answer: Any, scope: Scope) -> None:
        """Take ``{"referrals": [{"partner": …, …}]}``."""
        rows = require_keys(answer, required=("referrals",))["referrals"]
        if not isinstance(rows, list):
            raise AnswerFault("'referrals' must be a list")
        told = message("You chose %(count)s partners. Choose %(low)s to %(high)s.")
        require_count(rows, told, self.minimum, self.maximum)
        needed = {"partner", *(ASK_KEYS[aspect] for aspect in self.ask)}
        for number, row in enumerate(rows, 1):
            try:
                require_keys(row, required=needed, optional=ASK_KEYS.values())
                self._check_row(row, scope)
            except AnswerFault as fault:
                raise fault.inside(f"referral {number}") from None
        partners = [row["partner"] for row in rows]
        require_list_of(partners, partners, what="partners")

    def _check_row(self, row: Mapping[str, Any], scope: Scope) -> None:
        partners = [entry.id for entry in self.directory]
        if row["partner"] not in partners:
            raise AnswerFault(
                f"{row['partner']!r} is no partner; there are {', '.join(partners)}"
            )
        if not isinstance(row.get("consent", False), bool):
            raise AnswerFault("'consent' must be true or false")
        for key in ("reason", "follow_up"):
            require_text(row.get(key, ""), key)
        known = scope.known_facts
        require_list_of(row.get("share", []), known, what="facts known so far")

    def score(self, answer: Any, scope: Scope) -> TaskScore:
        """Return the mean of fit times care; unsafe outranks all."""
        rows = answer["referrals"]
        fits = [self.fit[row["partner"]].credit_in(scope) for row in rows]
        cared = [self.care(row, scope) for row in rows]
        is_unsafe = any(self.is_unsafe(row, scope) for row in rows)
        judged = self.judge(fits, cared, is_unsafe=is_unsafe)
        parts = tuple(
            Part(f"{row['partner']}.{name}", credit)
            for row, fit, care in zip(rows, fits, cared, strict=True)
            for name, credit in (("fit", fit), *zip(self.ask, care, strict=True))
        )
        return replace(judged, parts=parts)

    def judge(
        self, fits: Sequence[float], cared: Sequence[Care], *, is_unsafe: bool
    ) -> TaskScore:
        """Return the score, without its parts, of referrals of such fit and care.

        Parameters
        ----------
        fits : sequence of float
            For each referral the fit of its partner, from 0 to 1.
        """
        aspects = self._keyed_aspects(fits, cared, is_unsafe=is_unsafe)
        if is_unsafe:
            return TaskScore(Seen.UNSAFE, 0.0, aspects=aspects)
        worths = [fit * _mean(care) for fit, care in zip(fits, cared, strict=True)]
        mean = sum(worths) / len(worths) if worths else 0.0
        return replace(self.cuts.score(mean, ()), aspects=aspects)

    def _keyed_aspects(
        self, fits: Sequence[float], cared: Sequence[Care], *, is_unsafe: bool
    ) -> tuple[Aspect, ...]:
        """Return the mean over the referrals for each aspect that is evidence."""
        found = []
        columns = (fits, *zip(*cared, strict=True))
        # Without any referral there are no columns to go with the aspects.
        for aspect, column in zip(("fit", *self.ask), columns, strict=False):
            name = _ASPECTS.get(aspect, aspect)
            if name in self.keyed and column:
                mean = _mean(column)
                seen = self.cuts.judge(mean)
                if name == "sharing" and is_unsafe:
                    seen = Seen.UNSAFE
                found.append(Aspect(name, mean, seen))
        return tuple(found)

    def full_credit(self, scope: Scope) -> dict[str, Any]:
        """Return the best partner, with every aspect as good as it can be here."""
        return best_referrals(self, scope)

    def answers(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return one answer for each score and each set of facts told."""
        return referral_variants(self, scope)

    def shares(self, answer: Any) -> tuple[Share, ...]:
        """Return every fact told, with the partner who is told."""
        return tuple(
            Share(fact, row["partner"])
            for row in answer["referrals"]
            for fact in row.get("share", ())
        )

    def _has_consent(self, row: Mapping[str, Any], scope: Scope) -> bool:
        return row.get("consent", False) and scope.holds(self.consent)

    def is_unsafe(self, row: Mapping[str, Any], scope: Scope) -> bool:
        """Say whether a referral tells something sensitive without consent."""
        told = set(row.get("share", ())) - self.may_share
        return bool(told & self.sensitive) and not self._has_consent(row, scope)

    def care(self, row: Mapping[str, Any], scope: Scope) -> Care:
        """Return the credit of each aspect asked for, in that order."""
        return tuple(self._credit(aspect, row, scope) for aspect in self.ask)

    def _credit(self, aspect: str, row: Mapping[str, Any], scope: Scope) -> float:
        if aspect == "consent":
            return float(self._has_consent(row, scope))
        if aspect == "what_is_shared":
            return float(self._is_fitting_share(row, scope))
        return float(bool(row[ASK_KEYS[aspect]].strip()))

    def _is_fitting_share(self, row: Mapping[str, Any], scope: Scope) -> bool:
        """Say whether the partner learns something, and nothing beyond consent."""
        told = set(row["share"])
        if told - self.may_share and not self._has_consent(row, scope):
            return False
        return bool(told) or not self.may_share & set(scope.known_facts)


def _mean(parts: Sequence[float]) -> float:
    """Return the mean; 1 where there is nothing to judge."""
    return sum(parts) / len(parts) if parts else 1.0
