"""The pages that are measured: who asks for them, where, and what they may cost."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from benchmarks.browser import Visitor, sign_in
from benchmarks.driver import CLIENTS, Connection, Request, make_request
from benchmarks.population import BLOCKS_PER_COHORT, Population
from benchmarks.seed import FIRST_ACTIONS, MARKED, RUNNING
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.db import Database
from lms.demo.acts import CASE, recorded_play
from lms.demo.stage import CAREFUL_PLAY
from lms.simulation.models import Attempt, AttemptAction

WAITING_PLACE = 8
_EACH = 6  # people of each kind whom a client is in turn
_MODULE = "/modules/consultation-interview"
_LESSON = f"{_MODULE}/first-ten-minutes"
Plan = Iterator[Request]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody who is signed in, client by client.

    Attributes
    ----------
    choices : tuple of str
        What a learner in the middle of the case chooses next, one after another.
    """

    population: Population
    database: Database
    port: int
    choices: tuple[str, ...]
    running: list[list[Visitor]] = field(default_factory=list)
    marked: list[list[Visitor]] = field(default_factory=list)
    supervisors: list[list[Visitor]] = field(default_factory=list)
    operators: list[list[Visitor]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Return how many people signed in."""
        kinds = (self.running, self.marked, self.supervisors, self.operators)
        return sum(len(group) for groups in kinds for group in groups)

    def attempt(self, visitor: Visitor) -> UUID:
        """Return the attempt of a learner."""
        return self.population.attempt(visitor.block, visitor.place)

    def forget_choices(self) -> None:
        """Put those who are in the middle of the case back to where they were."""
        own = [self.attempt(visitor) for row in self.running for visitor in row]
        ids = select(Attempt.id).where(Attempt.public_id.in_(own))
        with self.database.transaction() as session:
            session.execute(
                delete(AttemptAction).where(
                    AttemptAction.attempt_id.in_(ids),
                    AttemptAction.position >= FIRST_ACTIONS,
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One page or act.

    Attributes
    ----------
    aim : float or None
        Share of the bare page's (or the bare write's) answers per second.
    is_write : bool
        Compared with the bare write.
    repeats : int
        How often a plan that ends is carried out; 0 for one that goes on for ever.
    p95_alone_ms : float or None
        What one client alone may wait.
    max_queries : int or None
        More would miss the aim.
    """

    name: str
    plans: Callable[[Crowd], list[Plan]]
    aim: float | None = None
    is_write: bool = False
    repeats: int = 0
    p95_alone_ms: float | None = None
    max_queries: int | None = None


def make_crowd(port: int, population: Population, database: Database) -> Crowd:
    """Sign everybody in, spread over the whole population."""
    crowd = Crowd(population, database, port, _next_choices(database))
    spread = iter(population.spread(CLIENTS * _EACH))
    for _client in range(CLIENTS):
        blocks = [next(spread) for _ in range(_EACH)]
        crowd.running.append(
            [
                _learner(port, population, k, RUNNING[n % len(RUNNING)])
                for n, k in enumerate(blocks)
            ]
        )
        crowd.marked.append(
            [
                _learner(port, population, k, MARKED[n % len(MARKED)])
                for n, k in enumerate(blocks)
            ]
        )
        crowd.supervisors.append(
            [
                sign_in(port, population.supervisor_email(k), block=k)
                for k in dict.fromkeys(blocks)
            ]
        )
        operator = sign_in(port, "operator@bench.example")
        crowd.operators.append([operator])
    return crowd


def _learner(port: int, population: Population, k: int, place: int) -> Visitor:
    return sign_in(port, population.learner_email(k, place), block=k, place=place)


def _next_choices(database: Database) -> tuple[str, ...]:
    library = Library(COMPILERS)
    with database.session() as session:
        case = library.get_current(session, "case", CASE).content
    actions = recorded_play(case, CAREFUL_PLAY)[FIRST_ACTIONS:]
    found = []
    for action in actions:
        if action["type"] != "choose":
            break
        found.append(action["choice"])
    return tuple(found)


def _turns(
    groups: list[list[Visitor]], ask: Callable[[Visitor], Request]
) -> list[Plan]:
    """Let each client be its people in turn, for ever."""
    return [cycle([ask(visitor) for visitor in group]) for group in groups]


def _sign_in_page(_crowd: Crowd) -> list[Plan]:
    return [cycle([make_request("GET", "/sign-in")]) for _ in range(CLIENTS)]


def _learners(path: str) -> Callable[[Crowd], list[Plan]]:
    def plans(crowd: Crowd) -> list[Plan]:
        groups = [[*a, *b] for a, b in zip(crowd.running, crowd.marked, strict=True)]
        return _turns(groups, lambda visitor: visitor.get(path))

    return plans


def _record(crowd: Crowd) -> list[Plan]:
    return _turns(crowd.marked, lambda visitor: visitor.get("/competencies/"))


def _scene(crowd: Crowd) -> list[Plan]:
    def ask(visitor: Visitor) -> Request:
        return visitor.get(f"/attempts/{crowd.attempt(visitor)}/{FIRST_ACTIONS}")

    return _turns(crowd.running, ask)


def _choosing(crowd: Crowd) -> list[Plan]:
    """Let everybody choose once more and once more, from the same place on."""
    crowd.forget_choices()

    def plan(group: list[Visitor]) -> Plan:
        for position, choice in enumerate(crowd.choices, FIRST_ACTIONS):
            for visitor in group:
                yield visitor.post(
                    f"/attempts/{crowd.attempt(visitor)}/{position}",
                    position=str(position),
                    action_id=str(uuid4()),
                    choice=choice,
                )

    return [plan(group) for group in crowd.running]


def _queue(crowd: Crowd) -> list[Plan]:
    return _turns(crowd.supervisors, lambda visitor: visitor.get("/marking/"))


def _marking_page(crowd: Crowd) -> list[Plan]:
    def ask(visitor: Visitor) -> Request:
        work = crowd.population.attempt(visitor.block, WAITING_PLACE)
        return visitor.get(f"/marking/{work}")

    return _turns(crowd.supervisors, ask)


def _drafts(crowd: Crowd) -> list[Plan]:
    """Let each supervisor save another draft of the same sheet, again and again."""

    def sheet_of(visitor: Visitor) -> _Sheet:
        work = crowd.population.attempt(visitor.block, WAITING_PLACE + 1)
        return _Sheet(crowd.port, visitor, work)

    def plan(sheets: list[_Sheet]) -> Plan:
        for number in count():
            for sheet in sheets:
                yield sheet.save(number)

    groups = [[sheet_of(visitor) for visitor in row] for row in crowd.supervisors]
    return [plan(group) for group in groups]


class _Sheet:
    """A sheet as its page stands in a supervisor's browser."""

    def __init__(self, port: int, visitor: Visitor, work: UUID) -> None:
        self._visitor, self._path = visitor, f"/marking/{work}"
        connection = Connection(port)
        page = connection.ask(visitor.get(self._path)).body.decode()
        connection.close()
        self._bands = sorted(set(re.findall(r'name="(band-[^"]+)"', page)))
        found = re.search(r'name="revision"[^>]*value="(\d+)"', page)
        self._revision = int(found[1]) if found else 0

    def save(self, number: int) -> Request:
        """Return the form with a comment that was not saved before."""
        fields = {"revision": str(self._revision), "act": "save"}
        self._revision += 1
        return self._visitor.post(
            self._path,
            **fields,
            comment=f"{self._revision}/{number}",
            **dict.fromkeys(self._bands, "2"),
        )


def _cohort(crowd: Crowd) -> list[Plan]:
    cohorts = (crowd.population.blocks - 1) // BLOCKS_PER_COHORT + 1

    def plan(client: int, visitor: Visitor) -> Plan:
        step = max(1, cohorts // CLIENTS)
        return cycle(
            [
                visitor.get(f"/cohorts/c{(client * step + n) % cohorts}")
                for n in range(step)
            ]
        )

    return [plan(n, group[0]) for n, group in enumerate(crowd.operators)]


def _cohorts(crowd: Crowd) -> list[Plan]:
    return _turns(crowd.operators, lambda visitor: visitor.get("/cohorts/"))


PAGES = (
    Measured(name="sign-in", plans=_sign_in_page, max_queries=0),
    Measured(name="home", plans=_learners("/"), aim=0.37),
    Measured(name="module", plans=_learners(_MODULE), aim=0.37),
    Measured(name="lesson", plans=_learners(_LESSON), aim=0.60),
    Measured(name="scene", plans=_scene, aim=0.60),
    Measured(name="choosing", plans=_choosing, aim=0.60, is_write=True, repeats=4),
    Measured(name="record", plans=_record, aim=0.37),
    Measured(name="queue", plans=_queue, aim=0.13, p95_alone_ms=16),
    Measured(name="marking page", plans=_marking_page, aim=0.13, p95_alone_ms=16),
    Measured(name="saving a draft", plans=_drafts, aim=0.60, is_write=True),
    Measured(name="cohorts", plans=_cohorts),
    Measured(name="cohort", plans=_cohort),
)
