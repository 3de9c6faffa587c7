"""The best referrals to be had, and referrals that are worse in each way there is."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations, combinations_with_replacement, product
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from lms.simulation.domain.tasks.fit import FIT_CREDIT
from lms.simulation.domain.tasks.scoring import Scope, first_of_each

if TYPE_CHECKING:
    from lms.simulation.domain.tasks.referral import ReferralTask

Answer: TypeAlias = dict[str, Any]
Care: TypeAlias = tuple[float, ...]
"""Credits from 0 to 1 of the aspects asked for, in the order of `ReferralTask.ask`."""
_Kind: TypeAlias = tuple[Care, bool, frozenset[str]]
ASK_KEYS: Mapping[str, str] = {
    "reason": "reason",
    "consent": "consent",
    "what_is_shared": "share",
    "follow_up": "follow_up",
}
"""Under which key of a referral each aspect is answered."""
_FILLER = "…"


def best_referrals(task: "ReferralTask", scope: Scope) -> Answer:
    """Return the best partner, with every aspect as good as it can be here."""
    return _Referrer(task, scope).best()


def referral_variants(task: "ReferralTask", scope: Scope) -> Iterator[Answer]:
    """Return the best answer, then one for each other score and set of facts told."""
    return first_of_each(_Referrer(task, scope).shown())


class _Way(NamedTuple):
    """One way to fill in a referral: `told` are the watched facts in it."""

    row: Answer
    care: Care
    is_unsafe: bool
    told: frozenset[str]


class _Referrer:
    """Makes referrals for one task where a play stands."""

    def __init__(self, task: "ReferralTask", scope: Scope) -> None:
        self._task = task
        self._scope = scope
        self._known = scope.known_facts

    def best(self) -> Answer:
        """Return the answer for full credit."""
        task = self._task
        directory = task.directory
        best = max(directory, key=lambda entry: self._fit(entry.id))
        others = [entry for entry in directory if entry is not best]
        partners = [best, *others[: max(0, task.minimum - 1)]]
        told = [fact for fact in self._known if fact in task.may_share]
        row = self._filled(task.ask, told)
        return _answer([partner.id for partner in partners], row)

    def shown(self) -> Iterator[tuple[Hashable, Answer]]:
        """Return answers, each with what it shows and tells.

        All referrals of an answer are made with the same care, and care that counts
        alike is taken once: what there is to score is one answer for each fit and
        care, not for each way to give it.
        """
        task, scope, best = self._task, self._scope, self.best()
        score = task.score(best, scope)
        told = {share.fact for share in task.shares(best)}
        yield (score.seen, score.kept(task.keyed), scope.watched & told), best
        ways = list(self._ways())
        for partners in self._picks():
            if partners:
                yield from self._to(partners, ways)
            else:
                score = task.judge([], [], is_unsafe=False)
                nothing: frozenset[str] = frozenset()
                shown = (score.seen, score.kept(task.keyed), nothing)
                yield shown, _answer([], {})

    def _to(
        self, partners: list[str], ways: list[_Way]
    ) -> Iterator[tuple[Hashable, Answer]]:
        """Return what there is to show with such partners."""
        task = self._task
        fits = [self._fit(partner) for partner in partners]
        shown: dict[tuple[Care, bool], tuple[Any, Any]] = {}
        for way in ways:
            kind = (way.care, way.is_unsafe)
            if kind not in shown:
                cared = [way.care] * len(partners)
                score = task.judge(fits, cared, is_unsafe=way.is_unsafe)
                shown[kind] = (score.seen, score.kept(task.keyed))
            yield (*shown[kind], way.told), _answer(partners, way.row)

    def _ways(self) -> Iterator[_Way]:
        """Return one way for all that count alike: in care, safety, and facts told."""
        task, scope = self._task, self._scope
        told_sets = list(self._told_sets())
        found: set[_Kind] = set()
        for done in self._done_sets():
            for told in told_sets:
                row = self._filled(done, told)
                kind = (
                    task.care(row, scope),
                    task.is_unsafe(row, scope),
                    scope.watched.intersection(row.get("share", ())),
                )
                if kind not in found:
                    found.add(kind)
                    yield _Way(row, *kind)

    def _done_sets(self) -> Iterator[tuple[str, ...]]:
        """Return what may be looked after: by count, or by aspect if that is keyed."""
        ask = self._task.ask
        for count in range(len(ask), -1, -1):
            yield from combinations(ask, count) if self._task.keyed else (ask[:count],)

    def _told_sets(self) -> Iterator[list[str]]:
        """Return every set of watched facts, each with at most one fact of a class."""
        task, all_watched = self._task, self._scope.watched
        watched = [fact for fact in self._known if fact in all_watched]
        of_each_class = first_of_each(
            ((fact in task.may_share, fact in task.sensitive), fact)
            for fact in self._known
            if fact not in all_watched
        )
        others: list[list[str]] = [[], *([fact] for fact in of_each_class)]
        for told in product((False, True), repeat=len(watched)):
            picked = [fact for fact, is_in in zip(watched, told, strict=True) if is_in]
            yield from (picked + other for other in others)

    def _picks(self) -> Iterator[list[str]]:
        """Return one set of partners for each mix of good, partial and poor."""
        task = self._task
        classes: dict[str, list[str]] = {word: [] for word in FIT_CREDIT}
        for entry in task.directory:
            classes[task.fit[entry.id].word_in(self._scope)].append(entry.id)
        for count in range(task.minimum, task.maximum + 1):
            for words in combinations_with_replacement(classes, count):
                if all(words.count(word) <= len(classes[word]) for word in classes):
                    yield [
                        partner
                        for word in classes
                        for partner in classes[word][: words.count(word)]
                    ]

    def _fit(self, partner: str) -> float:
        return self._task.fit[partner].credit_in(self._scope)

    def _filled(self, done: Sequence[str], told: list[str]) -> Answer:
        """Return a referral, but for its partner, that looks after what is `done`."""
        consents = self._scope.holds(self._task.consent)
        row: Answer = {
            "reason": _FILLER if "reason" in done else "",
            "consent": "consent" in done and consents,
            "share": told,
            "follow_up": _FILLER if "follow_up" in done else "",
        }
        asked = {ASK_KEYS[aspect] for aspect in self._task.ask}
        return {key: value for key, value in row.items() if key in asked}


def _answer(partners: list[str], row: Answer) -> Answer:
    return {"referrals": [{"partner": partner, **row} for partner in partners]}
