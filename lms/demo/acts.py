"""What fictional people do, through the services that real people use."""

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from lms.accounts.models import Person
from lms.assessment.domain import Item, MultipleBody, OrderingBody, SingleBody
from lms.assessment.services import Answer, answer_item
from lms.content.queries import Published
from lms.credentials.services.award import award_of
from lms.credentials.services.issue import IssueOrder, issue_credentials
from lms.decisions.domain import CompetencyRuling, Outcome, Ruling, standings_of
from lms.decisions.models import Pack
from lms.decisions.services import Deliberation, freeze_pack, record_decision
from lms.demo.stage import Stage, Story
from lms.evidence.queries import find_submission
from lms.framework.domain import Rubric
from lms.grading.domain import Rating, SheetDraft
from lms.grading.services.keeping import claim_sheet, save_draft
from lms.grading.services.returning import return_sheet
from lms.programme.models import Cohort, Enrolment
from lms.simulation.domain import Case, full_credit_answer, play
from lms.simulation.played import read_attempt
from lms.simulation.services import WORK_KIND, Act, act, start_attempt

LESSON = "consultation-interview/first-ten-minutes"
CASE = "rent-letter"
_PLAN = (
    "今日のうちに、市の自立相談支援機関へミンさんと一緒に電話して、住居確保給付金の相談を"
    "予約します。大家さんには、30日までに相談中であることを伝える連絡を、ミンさんが電話通訳を"
    "通してします。夜の電話のことは、ミンさんが決めたとおり警察の相談窓口に一緒に連絡します。"
    "契約が終わったことの届出は今週中にオンラインで出します。12月1日（火）14時にもう一度、"
    "電話通訳を入れて会い、うまくいかなかったときの次の手を決めます。"
)


def live(stage: Stage, learner: Person, story: Story) -> None:
    """Let a learner do what their story says, on days that have gone by."""
    if story.right_share is not None:
        _answer_items(stage.at(days=20), learner, story.right_share)
    if story.play is not None:
        work = _play(stage.at(days=10), learner, story.play)
        if story.bands is not None:
            _mark(stage.at(days=5), work, story.bands)
    for slug, scene in story.stands_at:
        _stop_in(stage.at(days=3), learner, slug, scene)


def certify(stage: Stage, cohort: Cohort, enrolment: Enrolment) -> None:
    """Freeze a pack, decide on it, and issue the specimen of a certificate."""
    session, certifier = stage.session, stage.people["certifier"].subject_id
    as_of = stage.now.astimezone(ZoneInfo(stage.settings.time_zone))
    pack = freeze_pack(
        session, stage.library, enrolment, cohort, actor=certifier, as_of=as_of
    )
    decision = record_decision(
        session,
        cohort,
        enrolment.subject_id,
        Deliberation(
            pack_digest=pack.digest,
            supersedes=None,
            ruling=_ruling(pack),
            actor=certifier,
            now=stage.now,
        ),
    )
    framework = stage.library.get(session, cohort.framework_version_id).content
    order = IssueOrder(
        decision_id=decision.id,
        award=award_of(decision, framework, stage.settings, now=stage.now),
        actor=certifier,
        now=stage.now,
    )
    issue_credentials(session, order, stage.settings)


def _ruling(pack: Pack) -> Ruling:
    """Award what is attested or nearly so; all reasons say that this is a specimen."""
    return Ruling(
        outcome=Outcome.AWARD,
        reason="見本の判定です。流れを示すための架空の記録で、効力はありません。",
        competencies={
            row.competency: CompetencyRuling(
                Outcome.AWARD, "見本です。合議で、あと1つの証拠を待たずに授与しました。"
            )
            if (row.attested_level or 0) >= row.required_level - 1
            else CompetencyRuling(
                Outcome.MORE_EVIDENCE, "見本です。証拠が足りないため、授与しません。"
            )
            for row in standings_of(pack.standings)
        },
    )


def _answer_items(stage: Stage, learner: Person, right_share: float) -> None:
    """Answer the check questions of the first lesson."""
    lesson = stage.library.get_current(stage.session, "lesson", LESSON).content
    for version in stage.library.list_current(stage.session, "item", lesson.items):
        item: Item = version.content
        draw = int(uuid5(NAMESPACE_URL, f"{learner.id}/{item.slug}")) % 100
        is_right = draw < right_share * 100
        chosen = item.body.right_answer if is_right else _wrong_answer(item)
        answer_item(
            stage.session,
            version,
            Answer(
                subject_id=learner.subject_id,
                action_id=uuid4(),
                chosen=chosen,
                language="ja",
                now=stage.now,
                day=stage.day(),
            ),
        )


def _wrong_answer(item: Item) -> tuple[str, ...]:
    """Return an answer that a beginner might give."""
    body, right = item.body, item.body.right_answer
    if isinstance(body, SingleBody):
        return next(((o.slug,) for o in body.options if not o.is_correct), right)
    if isinstance(body, MultipleBody):
        return tuple(o.slug for o in body.options if not o.is_correct) or right[:1]
    if isinstance(body, OrderingBody):
        return right[::-1]
    places, said = zip(*(word.split("=") for word in right), strict=True)
    return tuple(map("=".join, zip(places, (*said[1:], said[0]), strict=True)))


def _play(stage: Stage, learner: Person, name: str) -> UUID:
    version = stage.library.get_current(stage.session, "case", CASE)
    return _act(stage, learner, version, recorded_play(version.content, name))


def _stop_in(stage: Stage, learner: Person, slug: str, scene: str) -> None:
    """Play the first named play that comes to a scene, and stop there."""
    version = stage.library.get_current(stage.session, "case", slug)
    case: Case = version.content
    for named in case.tests:
        actions = recorded_play(case, named.name)
        places = [step.scene for step in play(case, actions).steps]
        if scene in places:
            _act(stage, learner, version, actions[: places.index(scene)])
            return


def _act(
    stage: Stage, learner: Person, version: Published, actions: list[dict[str, Any]]
) -> UUID:
    attempt = start_attempt(stage.session, version, learner.subject_id, now=stage.now)
    for position, action in enumerate(actions):
        act(
            stage.session,
            stage.library,
            read_attempt(stage.session, attempt.public_id),
            Act(
                position=position,
                action_id=uuid4(),
                action=action,
                language="ja",
                now=stage.now + timedelta(minutes=2 * position + 2),
                day=stage.day(),
            ),
        )
    return attempt.public_id


def recorded_play(case: Case, name: str) -> list[dict[str, Any]]:
    """Return the actions of one of the case's named plays."""
    named = next((row for row in case.tests if name in row.name), case.tests[0])
    actions: list[dict[str, Any]] = []
    for entry in named.play:
        scene, given = _entry(entry)
        if case.find_choice(scene) is not None:
            actions.append({"type": "choose", "choice": scene})
        elif case.scenes[scene].kind == "document":
            actions.append({"type": "read", "scene": scene})
        else:
            answer = given or _fill(full_credit_answer(case, play(case, actions)))
            actions.append({"type": "answer", "scene": scene, "answer": answer})
    return actions


def _entry(entry: Any) -> tuple[str, Any]:
    if isinstance(entry, str):
        return entry, None
    ((scene, answer),) = entry.items()
    return scene, answer


def _fill(answer: Any) -> Any:
    """Put words where an answer has place-holders."""
    if isinstance(answer, dict) and "text" in answer:
        return {"text": _PLAN, "language": "ja"}
    if isinstance(answer, dict) and "referrals" in answer:
        words = {
            "reason": "家賃と収入の相談を、同じ窓口で続けて受けられるため。",
            "follow_up": "1週間後に、電話通訳を入れて本人に様子を聞く。",
        }
        return {"referrals": [{**row, **words} for row in answer["referrals"]]}
    return answer


def _mark(stage: Stage, work: UUID, bands: tuple[int, ...]) -> None:
    session = stage.session
    submission = find_submission(session, WORK_KIND, work)
    if submission is None:
        return
    rubric = stage.library.get(session, submission.rubric_version_id)
    content: Rubric = rubric.content
    sheet = claim_sheet(
        session,
        submission,
        rater_id=stage.people["supervisor"].subject_id,
        now=stage.now,
    )
    draft = SheetDraft.on(
        content,
        [
            Rating(criterion.slug, band)
            for criterion, band in zip(content.criteria, bands, strict=True)
        ],
        "はじめに通訳を呼び、だれに何を伝えるかを本人と決めていました。"
        "次は、計画の期日を本人の言葉で言ってもらいましょう。",
    )
    kept = save_draft(
        session, sheet, draft, rubric=content, revision=sheet.revision, now=stage.now
    )
    return_sheet(
        session,
        kept,
        submission=submission,
        rubric=rubric,
        time_zone=stage.settings.time_zone,
        now=stage.now,
    )
