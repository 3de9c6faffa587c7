"""Referral: to whom, why, with whose consent, telling what, and what then."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement, product
from typing import Any, ClassVar, NamedTuple, TypeAlias

from lms.errors import message
from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.effects import Share
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.tasks.fit import FIT_CREDIT, Fit, ReadCondition
from lms.simulation.domain.tasks.scoring import (
    NOTHING_LISTED,
    AnswerFault,
    Aspect,
    Cuts,
    Entry,
    Listed,
    Part,
    Scope,
    Task,
    TaskScore,
    first_of_each,
    require_count,
    require_keys,
    require_list_of,
    require_text,
)

_ASK_KEYS = {
    "reason": "reason",
    "consent": "consent",
    "what_is_shared": "share",
    "follow_up": "follow_up",
}
_ASPECTS = {"fit": "addressee", "what_is_shared": "sharing"}
_FILLER = "…"

Care: TypeAlias = tuple[float, ...]
"""Credits from 0 to 1 of the aspects asked for, in the order of `ReferralTask.ask`."""
_Kind: TypeAlias = tuple[Care, bool, frozenset[str]]


class _Way(NamedTuple):
    """One way to fill in a referral: `told` are the watched facts in it."""

    row: dict[str, Any]
    care: Care
    is_unsafe: bool
    told: frozenset[str]


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
        told = message("%(count)s referrals; make %(low)s to %(high)s.")
        require_count(rows, told, self.minimum, self.maximum)
        needed = {"partner", *(_ASK_KEYS[aspect] for aspect in self.ask)}
        for number, row in enumerate(rows, 1):
            try:
                require_keys(row, required=needed, optional=_ASK_KEYS.values())
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
        cared = [self._care(row, scope) for row in rows]
        is_unsafe = any(self._is_unsafe(row, scope) for row in rows)
        judged = self._judge(fits, cared, is_unsafe=is_unsafe)
        parts = tuple(
            Part(f"{row['partner']}.{name}", credit)
            for row, fit, care in zip(rows, fits, cared, strict=True)
            for name, credit in (("fit", fit), *zip(self.ask, care, strict=True))
        )
        return replace(judged, parts=parts)

    def _judge(
        self, fits: Sequence[float], cared: Sequence[Care], *, is_unsafe: bool
    ) -> TaskScore:
        """Return the score, without its parts, of referrals of such fit and care."""
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
        best = max(
            self.directory,
            key=lambda entry: self.fit[entry.id].credit_in(scope),
        )
        others = [entry for entry in self.directory if entry is not best]
        partners = [best, *others[: max(0, self.minimum - 1)]]
        told = [fact for fact in scope.known_facts if fact in self.may_share]
        return self._answer([p.id for p in partners], scope, self.ask, told)

    def answers(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return one answer for each score and each set of facts told."""
        best = self.full_credit(scope)
        score = self.score(best, scope)
        first = ((score.seen, score.kept(self.keyed)), self._told(best, scope))
        return first_of_each(((first, best), *self._candidates(scope)))

    def shares(self, answer: Any) -> tuple[Share, ...]:
        """Return every fact told, with the partner who is told."""
        return tuple(
            Share(fact, row["partner"])
            for row in answer["referrals"]
            for fact in row.get("share", ())
        )

    def _told(self, answer: Any, scope: Scope) -> frozenset[str]:
        return scope.watched & {share.fact for share in self.shares(answer)}

    def _candidates(self, scope: Scope) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Return answers by class of fit, aspects done, and facts told.

        Every answer comes with what it shows and tells. All referrals of an answer are
        made with the same care, and care that counts alike is taken once: what there
        is to score is one answer for each fit and care, not for each way to give it.
        """
        ways = list(self._ways_to_care(scope))
        for partners in self._picks(scope):
            fits = [self.fit[partner].credit_in(scope) for partner in partners]
            shown: dict[Hashable, Hashable] = {}
            for way in ways if partners else ways[:1]:
                kind = (way.care, way.is_unsafe)
                if kind not in shown:
                    cared = [way.care] * len(partners)
                    is_unsafe = way.is_unsafe and bool(partners)
                    score = self._judge(fits, cared, is_unsafe=is_unsafe)
                    shown[kind] = (score.seen, score.kept(self.keyed))
                told = way.told if partners else frozenset()
                rows = [{"partner": partner, **way.row} for partner in partners]
                yield (shown[kind], told), {"referrals": rows}

    def _ways_to_care(self, scope: Scope) -> Iterator[_Way]:
        """Return one way for all that count alike: in care, safety, and facts told."""
        told_sets = list(self._told_sets(scope))
        found: set[_Kind] = set()
        for done in self._done_sets():
            for told in told_sets:
                row = self._filled(scope, done, told)
                kind = (
                    self._care(row, scope),
                    self._is_unsafe(row, scope),
                    scope.watched.intersection(row.get("share", ())),
                )
                if kind not in found:
                    found.add(kind)
                    yield _Way(row, *kind)

    def _done_sets(self) -> Iterator[tuple[str, ...]]:
        """Return what may be looked after: by count, or by aspect if that is keyed."""
        for count in range(len(self.ask), -1, -1):
            yield from (
                combinations(self.ask, count) if self.keyed else (self.ask[:count],)
            )

    def _told_sets(self, scope: Scope) -> Iterator[list[str]]:
        """Return every set of watched facts, each with at most one fact of a class."""
        known = scope.known_facts
        watched = [fact for fact in known if fact in scope.watched]
        of_each_class = first_of_each(
            ((fact in self.may_share, fact in self.sensitive), fact)
            for fact in known
            if fact not in scope.watched
        )
        others: list[list[str]] = [[], *([fact] for fact in of_each_class)]
        for told in product((False, True), repeat=len(watched)):
            picked = [fact for fact, is_in in zip(watched, told, strict=True) if is_in]
            yield from (picked + other for other in others)

    def _picks(self, scope: Scope) -> Iterator[list[str]]:
        """Return one set of partners for each mix of good, partial and poor."""
        classes: dict[str, list[str]] = {word: [] for word in FIT_CREDIT}
        for entry in self.directory:
            classes[self.fit[entry.id].word_in(scope)].append(entry.id)
        for count in range(self.minimum, self.maximum + 1):
            for words in combinations_with_replacement(classes, count):
                if all(words.count(word) <= len(classes[word]) for word in classes):
                    yield [
                        partner
                        for word in classes
                        for partner in classes[word][: words.count(word)]
                    ]

    def _answer(
        self,
        partners: list[str],
        scope: Scope,
        done: Sequence[str],
        told: list[str],
    ) -> dict[str, Any]:
        """Return an answer in which the aspects in `done` are looked after."""
        row = self._filled(scope, done, told)
        return {"referrals": [{"partner": partner, **row} for partner in partners]}

    def _filled(
        self, scope: Scope, done: Sequence[str], told: list[str]
    ) -> dict[str, Any]:
        """Return what is asked of a referral, but for its partner."""
        row: dict[str, Any] = {
            "reason": _FILLER if "reason" in done else "",
            "consent": "consent" in done and scope.holds(self.consent),
            "share": told,
            "follow_up": _FILLER if "follow_up" in done else "",
        }
        asked = {_ASK_KEYS[aspect] for aspect in self.ask}
        return {key: value for key, value in row.items() if key in asked}

    def _has_consent(self, row: Mapping[str, Any], scope: Scope) -> bool:
        return row.get("consent", False) and scope.holds(self.consent)

    def _is_unsafe(self, row: Mapping[str, Any], scope: Scope) -> bool:
        told = set(row.get("share", ())) - self.may_share
        return bool(told & self.sensitive) and not self._has_consent(row, scope)

    def _care(self, row: Mapping[str, Any], scope: Scope) -> Care:
        """Return the credit of each aspect asked for, in that order."""
        return tuple(self._credit(aspect, row, scope) for aspect in self.ask)

    def _credit(self, aspect: str, row: Mapping[str, Any], scope: Scope) -> float:
        if aspect == "consent":
            return float(self._has_consent(row, scope))
        if aspect == "what_is_shared":
            return float(self._is_fitting_share(row, scope))
        return float(bool(row[_ASK_KEYS[aspect]].strip()))

    def _is_fitting_share(self, row: Mapping[str, Any], scope: Scope) -> bool:
        """Say whether the partner learns something, and nothing beyond consent."""
        told = set(row["share"])
        if told - self.may_share and not self._has_consent(row, scope):
            return False
        return bool(told) or not self.may_share & set(scope.known_facts)


def _mean(parts: Sequence[float]) -> float:
    """Return the mean; 1 where there is nothing to judge."""
    return sum(parts) / len(parts) if parts else 1.0
