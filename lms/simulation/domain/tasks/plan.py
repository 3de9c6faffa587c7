"""Plan: goals and steps in order, with partners, menus, dates and who does what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from lms.directory.domain import Directory
from lms.simulation.domain.conditions import Condition
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.tasks.eligible import Client, Terms
from lms.simulation.domain.tasks.fit import Demand, Fit, ReadCondition
from lms.simulation.domain.tasks.order import Pair
from lms.simulation.domain.tasks.plan_answer import check_plan
from lms.simulation.domain.tasks.plan_parts import PlanJudge
from lms.simulation.domain.tasks.plan_search import best_plan, plan_variants
from lms.simulation.domain.tasks.scoring import (
    Cuts,
    Entry,
    Listed,
    Scope,
    Task,
    TaskScore,
    first_of_each,
)

CHOSEN_SLOTS = ("goal", "partner", "menu", "who", "when")
_LISTS = {
    "goal": "goals",
    "partner": "partners",
    "menu": "menus",
    "who": "who",
    "when": "dates",
}
_OWN_GOALS, _OWN_STEPS = 1, 2
_OUTSIDE_CARE = frozenset({"coverage", "harm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTask(Task):
    """Make a plan for support across fields (分野横断的な支援プラン).

    The credit is coverage times care: the share of what is needed that is in the plan,
    times the mean of how well its lines are ordered, placed and filled in. So a fine
    order of half of the needed steps is half a plan. Something harmful is unsafe.

    Attributes
    ----------
    pool : tuple of Entry
        Steps to choose from.
    options : mapping of str to tuple of Entry
        What each slot but ``agreed`` can hold.
    fits : mapping
        By step, slot and option; what is not named is poor, and a slot that is not
        named is not judged.
    pairs : tuple of Pair
        What must come before what; the rest may stand anywhere.
    agreed : Condition or None
        The client has agreed if the answer says so and this holds.
    keyed : frozenset of str
        Aspects that are evidence of their own.
    """

    pool: tuple[Entry, ...]
    options: Mapping[str, tuple[Entry, ...]]
    fits: Mapping[str, Mapping[str, Mapping[str, Fit]]]
    needed: tuple[Demand, ...]
    harmful: tuple[Demand, ...]
    pairs: tuple[Pair, ...]
    terms: Mapping[str, Terms]
    client: Client
    slots: tuple[str, ...]
    required: tuple[str, ...]
    minimum: int
    maximum: int
    own_goals: int
    own_steps: int
    agreed: Condition | None
    cuts: Cuts
    keyed: frozenset[str] = frozenset()

    kind: ClassVar[str] = "plan"

    @classmethod
    def from_document(
        cls,
        row: Mapping[str, Any],
        *,
        directory: Directory,
        client: Client,
        condition: ReadCondition,
    ) -> "PlanTask":
        """Read the keys of a plan scene."""
        listed: dict[str, Mapping[str, Listed]] = {
            "menu": directory.menus,
            "partner": directory.partners,
        }
        options = {
            slot: Entry.list_from(row[_LISTS[slot]], listed.get(slot, {}))
            for slot in CHOSEN_SLOTS
            if _LISTS[slot] in row
        }
        pick, own, needs = (row.get(key, {}) for key in ("pick", "own", "needs"))
        return cls(
            pool=Entry.list_from(row["pool"]),
            options=options,
            fits=_read_fits(row["pool"], condition),
            needed=Demand.list_from(row["needed"], condition),
            harmful=Demand.list_from(row.get("harmful", ()), condition),
            pairs=tuple(Pair(*pair) for pair in row.get("before", ())),
            terms={
                entry if isinstance(entry, str) else entry["id"]: Terms.from_document(
                    entry, directory, condition
                )
                for entry in row.get("menus", ())
            },
            client=client,
            slots=tuple(row.get("slots", options)),
            required=tuple(row.get("required", ())),
            minimum=pick.get("min", 1),
            maximum=pick.get("max", len(row["pool"])),
            own_goals=own.get("goals", _OWN_GOALS) if "goal" in options else 0,
            own_steps=own.get("steps", _OWN_STEPS),
            agreed=condition(needs["agreed"]) if "agreed" in needs else None,
            cuts=Cuts.from_document(row.get("cuts")),
            keyed=frozenset(row.get("aspects", ())),
        )

    @property
    def goals(self) -> tuple[Entry, ...]:
        """Return the goals to choose from."""
        return self.options.get("goal", ())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return everything that can be chosen."""
        return self.pool + tuple(row for rows in self.options.values() for row in rows)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions of fits, demands, agreement, menus and client."""
        return tuple(when for when in self._conditions() if when is not None)

    def _conditions(self) -> Iterator[Condition | None]:
        for slots in self.fits.values():
            for fits in slots.values():
                yield from (fit.good_when for fit in fits.values())
        yield from (demand.when for demand in (*self.needed, *self.harmful))
        yield self.agreed
        for terms in self.terms.values():
            yield from (when for when, _ in terms.own)
        if any(terms.listed for terms in self.terms.values()):
            yield from self.client.conditions

    def check(self, answer: Any, _scope: Scope) -> None:
        """Take ``{"goals": [ID or {text}], "steps": [{step or text, slots …}]}``."""
        check_plan(self, answer)

    def score(self, answer: Any, scope: Scope) -> TaskScore:
        """Return coverage times care, with every part; harm is unsafe."""
        return self._score_of(answer, PlanJudge(self, scope))

    def _score_of(self, answer: Any, judge: PlanJudge) -> TaskScore:
        parts = tuple(judge.parts(answer))
        aspects = self.cuts.aspects_of(parts)
        if any(part.is_unsafe for part in parts):
            return TaskScore(Seen.UNSAFE, 0.0, parts, aspects)
        worth = {row.id: row.credit for row in aspects}
        care = [row.credit for row in aspects if row.id not in _OUTSIDE_CARE]
        credit = worth.get("coverage", 1.0) * (sum(care) / len(care) if care else 1.0)
        return replace(self.cuts.score(credit, parts), aspects=aspects)

    def full_credit(self, scope: Scope) -> dict[str, Any]:
        """Return what is needed, in order, with the best of every slot."""
        return best_plan(self, scope)

    def answers(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return one answer for each thing that can be seen."""
        judge, plans = PlanJudge(self, scope), plan_variants(self, scope)
        scored = ((self._score_of(row, judge), row) for row in plans)
        return first_of_each(
            ((score.seen, score.kept(self.keyed)), row) for score, row in scored
        )


def _read_fits(
    pool: list[Any], condition: ReadCondition
) -> dict[str, dict[str, dict[str, Fit]]]:
    return {
        step["id"]: {
            slot: {
                option: Fit.from_document(given, condition)
                for option, given in options.items()
            }
            for slot, options in step.get("fit", {}).items()
        }
        for step in pool
        if not isinstance(step, str)
    }
