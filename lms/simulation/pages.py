"""From a play to what a page shows: texts in the reader's language, no decisions."""

from itertools import takewhile
from typing import Any

from flask_babel import gettext as _

from lms.simulation.domain import Case, Observation, PlayResult
from lms.simulation.domain.case import (
    DocumentScene,
    EndScene,
    Person,
    TalkScene,
    TaskScene,
)
from lms.simulation.domain.declarations import Comment
from lms.simulation.domain.result import Step, TurnView
from lms.simulation.domain.tasks.concordance import SCALE
from lms.simulation.explained import explain
from lms.simulation.languages import language_name
from lms.simulation.page_lines import (
    FactLine,
    ObservationLine,
    StepLine,
    TalkPath,
    TurnLine,
)
from lms.simulation.planning_words import APPROACH_WORDS, SCALE_WORDS
from lms.simulation.written import ANSWER_LINES
from lms.web.markdown import without_readings

_VOICE_ROLES = ("interpreter", "relative")
_ADULT_AGE = 18
SHOWN_BEFORE_MARKING = frozenset({"choice", "scene", "end"})
"""When a comment may be shown without waiting for a rater."""


class Reader:
    """One case in one language."""

    def __init__(self, case: Case, language: str) -> None:
        self.case = case
        self.language = language

    def text(self, text_id: str | None) -> str:
        """Return a text in plain words, or its id where the case has none."""
        return without_readings(self.marked(text_id))

    def marked(self, text_id: str | None) -> str:
        """Return a text with the readings that its author gave."""
        if text_id is None:
            return ""
        return self.case.find_text(text_id, self.language) or text_id

    def entry(self, entry: Any) -> str:
        """Return the label of something to sort or pick: a person has a name."""
        if entry.text:
            return self.text(entry.text)
        if entry.name is not None:
            return str(entry.name.in_language(self.language))
        people = self.case.people
        return self.person(entry.id) if entry.id in people else str(entry.id)

    @property
    def approach_notes(self) -> dict[str, Any]:
        """Return what each way of advising means."""
        return {name: words[1] for name, words in APPROACH_WORDS.items()}

    def scale(self, task: Any) -> dict[int, str]:
        """Return the words for judgements from −2 to 2."""
        words = [self.text(row) for row in task.labels] or map(str, SCALE_WORDS)
        return dict(zip(SCALE, words, strict=True))

    def about(self, entry: Any) -> str | None:
        """Return what a partner does, where the case says so."""
        about = getattr(entry, "about", None)
        return self.text(about) if about else None

    def person(self, person_id: str) -> str:
        """Return the name of somebody in the case."""
        person = self.case.people[person_id]
        return self.text(person.name) if person.name else person_id

    @property
    def title(self) -> str:
        """Return the title of the case."""
        return self.text(self.case.title) if self.case.title else self.case.id

    @property
    def summary(self) -> str:
        """Return what the trainee knows before the case begins."""
        return self.text(self.case.summary) if self.case.summary else ""

    @property
    def notice(self) -> str:
        """Return what a trainee should know about sensitive themes."""
        return self.text(self.case.notice) if self.case.notice else ""

    def turns(self, result: PlayResult) -> list[TurnLine]:
        """Return what is said in the present scene."""
        return [self.turn(view) for view in result.turns]

    def turn(self, view: TurnView) -> TurnLine:
        """Return a turn as it is read."""
        spoken = self.case.texts.get(view.language, {}).get(view.text)
        is_foreign = view.language not in (self.language, self.case.source_language)
        heard = self.marked(view.heard) if view.heard else None
        return TurnLine(
            speaker=self.person(view.by),
            is_me=self.case.people[view.by].role == "trainee",
            language=view.language,
            language_name=language_name(view.language),
            original=spoken.text if spoken and is_foreign else None,
            heard=without_readings(heard) if heard else None,
            marked=heard,
            via=self.person(view.via) if view.via else None,
            via_role=self.voice_role(view.via) if view.via else None,
            is_followed=view.is_followed,
        )

    def voice_role(self, person_id: str) -> str:
        """Return how an interpreter is drawn."""
        person = self.case.people[person_id]
        if person.channel in ("phone", "video"):
            return str(person.channel)
        if person.age is not None and person.age < _ADULT_AGE:
            return "child"
        return "present" if person.role == "interpreter" else "family"

    def facts(self, result: PlayResult) -> list[FactLine]:
        """Return what is known, newest first."""
        newest = len(result.steps) - 1
        return [
            FactLine(
                text=self.text(self.case.facts[row.fact].text),
                source=self._source(row.scene),
                minute=row.minute,
                is_new=row.position == newest,
                is_sensitive=self.case.facts[row.fact].is_sensitive,
            )
            for row in reversed(result.facts)
        ]

    def _source(self, scene_id: str) -> str:
        """Return where a fact came from: a document, or the other's own words."""
        scene = self.case.scenes[scene_id]
        turns = scene.turns if isinstance(scene, TalkScene) else ()
        other = self._other({turn.by for turn in turns})
        if isinstance(scene, DocumentScene) or other is None:
            return str(_("Document"))
        return self.person(other.id)

    def _other(self, speakers: set[str]) -> Person | None:
        """Return with whom the trainee talks: a colleague who speaks, or the client."""
        by_role: dict[str, Person] = {}
        for person in self.case.people.values():
            by_role.setdefault(person.role, person)
        colleague, client = by_role.get("counsellor"), by_role.get("client")
        is_colleague = colleague is not None and colleague.id in speakers
        return colleague if is_colleague or client is None else client

    def talk_path(self, result: PlayResult) -> TalkPath | None:
        """Return the way of talk between the trainee and the client, or a colleague."""
        asked = getattr(result.task.task, "to_whom", "") if result.task else ""
        client = self._other({asked, *(turn.by for turn in result.turns)})
        if client is None:
            return None
        voice = next(
            (
                str(value)
                for value in result.state.values()
                if value in self.case.people
                and self.case.people[str(value)].role in _VOICE_ROLES
            ),
            None,
        )
        return TalkPath(
            client=self.person(client.id),
            client_language=language_name(next(iter(client.speaks), "")),
            voice=self.person(voice) if voice else None,
            voice_role=self.voice_role(voice) if voice else "none",
            own_language=language_name(self.case.source_language),
        )

    def route(
        self,
        result: PlayResult,
        criteria: dict[str, str],
        *,
        shows_comments: bool,
        is_over: bool = False,
    ) -> list[StepLine]:
        """Return the whole route, action by action.

        Parameters
        ----------
        shows_comments : bool
            All of them, as after marking; and how tasks were judged.
        is_over : bool
            Those that need not wait for marking.
        """
        shown = frozenset[str]()
        if shows_comments or is_over:
            shown = SHOWN_BEFORE_MARKING | (
                {"after_marking"} if shows_comments else set()
            )
        return [
            self._step(step, result, criteria, shown=shown) for step in result.steps
        ]

    def comments_now(self, result: PlayResult) -> list[str]:
        """Return the comments on what was just done, and on the scene just left."""
        if not result.steps:
            return []
        last = result.steps[-1]
        here = takewhile(lambda step: step.scene == last.scene, reversed(result.steps))
        found = [(step, self.comment_of(step)) for step in here]
        return [
            self.text(comment.text)
            for step, comment in reversed(found)
            if comment is not None
            and {"choice": step is last, "scene": last.to != last.scene}.get(
                comment.show
            )
        ]

    def _step(
        self,
        step: Step,
        result: PlayResult,
        criteria: dict[str, str],
        *,
        shown: frozenset[str],
    ) -> StepLine:
        seen = [row for row in result.observations if row.position == step.position]
        comment = self.comment_of(step)
        return StepLine(
            position=step.position,
            minute=step.minutes_after,
            turns=tuple(self.turn(view) for view in step.turns),
            did=self._did(step),
            texts=tuple(self._written(step)),
            parts=tuple(explain(self, step)) if "after_marking" in shown else (),
            revealed=tuple(
                self.text(self.case.facts[fact].text) for fact in step.revealed
            ),
            comment=self.text(comment.text)
            if comment and comment.show in shown
            else None,
            observations=tuple(self.observation(row, criteria) for row in seen),
        )

    def observation(
        self, row: Observation, criteria: dict[str, str]
    ) -> ObservationLine:
        """Return what a moment showed."""
        return ObservationLine(
            criterion=criteria.get(row.criterion, row.criterion),
            seen=row.seen.value,
            because=self.text(row.because) if row.because else None,
        )

    def comment_of(self, step: Step) -> Comment | None:
        """Return the comment on what was done at one step."""
        action = step.action.to_dict()
        if action["type"] == "choose":
            choice = self.case.find_choice(action["choice"])
            return choice.comment if choice else None
        scene = self.case.scenes[step.scene]
        return scene.comment if isinstance(scene, TaskScene) else None

    def _did(self, step: Step) -> str:
        action = step.action.to_dict()
        if action["type"] == "choose":
            choice = self.case.find_choice(action["choice"])
            if choice is None:
                return str(action["choice"])
            words = APPROACH_WORDS.get(choice.approach or "")
            return " – ".join(
                [self.text(choice.text), *([str(words[0])] if words else [])]
            )
        scene = self.case.scenes[step.scene]
        if isinstance(scene, DocumentScene):
            return str(_("Read the document."))
        return self.text(scene.prompt) if isinstance(scene, TaskScene) else ""

    def _written(self, step: Step) -> list[tuple[str, str]]:
        """Return an answer to a task as pairs of label and words."""
        action = step.action.to_dict()
        scene = self.case.scenes[step.scene]
        if action["type"] != "answer" or not isinstance(scene, TaskScene):
            return []
        return ANSWER_LINES[scene.task.kind](self, scene.task, action["answer"])

    def closing(self, scene_id: str) -> tuple[str, str]:
        """Return the closing text of an end, and what became of it later."""
        scene = self.case.scenes[scene_id]
        if not isinstance(scene, EndScene):
            return "", ""
        later = self.text(scene.follow_up.text) if scene.follow_up else ""
        return self.text(scene.text), later
