"""Advice to a colleague (助言・指導): which approach, which moves, which words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from lms.errors import message
from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.tasks.fit import (
    FIT_CREDIT,
    Demand,
    Fit,
    ReadCondition,
    holding,
)
from lms.simulation.domain.tasks.scoring import (
    Cuts,
    Entry,
    Part,
    Scope,
    Task,
    TaskScore,
    first_of_each,
    mean_credit,
)
from lms.simulation.domain.tasks.shapes import (
    AnswerFault,
    require_count,
    require_keys,
    require_length,
    require_list_of,
    require_text,
)

APPROACHES = ("teaching", "coaching", "supervision")
_FILLER = "…"


@dataclass(frozen=True, slots=True)
class Move:
    """Something to ask, say or offer; without approach it belongs to any."""

    id: str
    worth: float
    approach: str | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The first words to the colleague, written in full; `prompt` is a text id."""

    prompt: str
    min_chars: int = 1
    max_chars: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceTask(Task):
    """Advise a colleague: the credit is the fit of the approach times the moves'.

    The moves are worth the mean over those picked and those needed but not picked; a
    move of another approach than the one chosen is worth nothing.
    """

    to_whom: str
    fits: Mapping[str, Fit]
    why: Mapping[str, str]
    labels: tuple[Entry, ...]
    moves: Mapping[str, Move]
    needed: tuple[Demand, ...]
    harmful: tuple[Demand, ...]
    minimum: int
    maximum: int
    words: Words | None
    cuts: Cuts
    keyed: frozenset[str] = frozenset()

    kind: ClassVar[str] = "advice"

    @classmethod
    def from_document(
        cls, row: Mapping[str, Any], condition: ReadCondition
    ) -> "AdviceTask":
        """Read the keys of an advice scene."""
        pick, write = row.get("pick", {}), row.get("write")
        return cls(
            to_whom=row["to_whom"],
            fits={
                name: Fit.from_document(given, condition)
                for name, given in row["approaches"].items()
            },
            why=row.get("why", {}),
            labels=Entry.list_from(row["moves"]),
            moves={
                given["id"]: Move(
                    given["id"],
                    FIT_CREDIT[given["worth"]],
                    given.get("approach"),
                    given.get("because"),
                )
                for given in row["moves"]
            },
            needed=Demand.list_from(row.get("needed", ()), condition),
            harmful=Demand.list_from(row.get("harmful", ()), condition),
            minimum=pick.get("min", 1),
            maximum=pick.get("max", len(row["moves"])),
            words=Words(**write) if write else None,
            cuts=Cuts.from_document(row.get("cuts")),
            keyed=frozenset(row.get("aspects", ())),
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the moves."""
        return self.labels

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions of fits and demands."""
        found = [fit.good_when for fit in self.fits.values()]
        found += [demand.when for demand in (*self.needed, *self.harmful)]
        return tuple(when for when in found if when is not None)

    def check(self, answer: Any, _scope: Scope) -> None:
        """Take ``{"approach": …, "moves": […]}``, and ``text`` where words are due."""
        required = ("approach", "moves", *(("text",) if self.words else ()))
        given = require_keys(answer, required=required)
        if given["approach"] not in self.fits:
            raise AnswerFault(
                f"approach {given['approach']!r} is none of {', '.join(self.fits)}"
            )
        picked = require_list_of(given["moves"], self.moves, what="moves")
        told = message(
            "You chose %(count)s things to ask, say or offer. "
            "Choose %(low)s to %(high)s."
        )
        require_count(picked, told, self.minimum, self.maximum)
        if self.words:
            text = require_text(given["text"], "text")
            require_length(text, self.words.min_chars, self.words.max_chars)

    def score(self, answer: Any, scope: Scope) -> TaskScore:
        """Return the fit of the approach times the worth of the moves."""
        worths = {name: fit.credit_in(scope) for name, fit in self.fits.items()}
        chosen, best = answer["approach"], max(worths.values())
        approach = Part(
            "approach",
            worths[chosen],
            self.why.get(chosen),
            "approach",
            given=(chosen,),
            expected=tuple(name for name, worth in worths.items() if worth == best),
        )
        moves = list(self._move_parts(answer, scope))
        parts = (approach, *moves)
        aspects = self.cuts.aspects_of(parts)
        if any(part.is_unsafe for part in moves):
            return TaskScore(Seen.UNSAFE, 0.0, parts, aspects)
        score = self.cuts.score(approach.credit * mean_credit(moves), parts)
        return replace(score, aspects=aspects)

    def _move_parts(self, answer: Mapping[str, Any], scope: Scope) -> Iterator[Part]:
        harmful = {demand.id: demand for demand in holding(self.harmful, scope)}
        needed = {demand.id: demand for demand in holding(self.needed, scope)}
        for name in answer["moves"]:
            move = self.moves[name]
            is_harm = name in harmful
            is_fitting = move.approach in (None, answer["approach"])
            yield Part(
                name,
                move.worth if is_fitting and not is_harm else 0.0,
                (harmful[name].because if is_harm else None) or move.because,
                "moves",
                given=(name,),
                expected=(name,) if name in needed else (),
                is_unsafe=is_harm,
            )
        for name, demand in needed.items():
            if name not in answer["moves"]:
                because = demand.because or self.moves[name].because
                yield Part(name, 0.0, because, "moves", expected=(name,))

    def full_credit(self, scope: Scope) -> dict[str, Any]:
        """Return the best approach with the moves that are needed, or the best one."""
        return next(self.answers(scope))

    def answers(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return one answer for each thing that can be seen, the best first."""
        scored = [(self.score(row, scope), row) for row in self._candidates(scope)]
        scored.sort(key=lambda pair: (pair[0].credit, _rank(pair[0])), reverse=True)
        return first_of_each(
            ((score.seen, score.kept(self.keyed)), row) for score, row in scored
        )

    def _candidates(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return picks from the best to the worst end of the moves, per approach."""
        harmful = {demand.id for demand in holding(self.harmful, scope)}
        needed = {demand.id for demand in holding(self.needed, scope)}
        text = {"text": _FILLER * max(1, self.words.min_chars)} if self.words else {}
        for approach in self.fits:

            def worth(name: str, chosen: str = approach) -> tuple[bool, float, bool]:
                move = self.moves[name]
                is_fitting = move.approach in (None, chosen)
                is_harm = name in harmful
                return not is_harm, move.worth * is_fitting, name in needed

            ranked = sorted(self.moves, key=worth, reverse=True)
            must = [name for name in ranked if name in needed]
            ordered = must + [name for name in ranked if name not in needed]
            for row in (ordered, ranked):
                for first in range(len(row)):
                    for count in range(max(1, self.minimum), self.maximum + 1):
                        picked = row[first : first + count]
                        if self.minimum <= len(picked):
                            yield {"approach": approach, "moves": picked, **text}


def _rank(score: TaskScore) -> int:
    return score.seen.rank if score.seen else 0
