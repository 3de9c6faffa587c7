"""What the page of one scene needs, for playing and for keeping what is typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import uuid4

from flask import current_app, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from lms.content.queries import Library
from lms.errors import LmsError
from lms.simulation.domain import Case, PlayResult
from lms.simulation.forms.acts import SceneForm
from lms.simulation.forms.scene import make_scene_form
from lms.simulation.pages import Reader
from lms.simulation.played import PlayedAttempt, PlayedDraft
from lms.simulation.replaying import replay, route_of
from lms.web.forms import refill_reason
from lms.web.language import language
from lms.web.markdown import has_readings
from lms.web.sent import sent_lines
from lms.web.session import get_session


@dataclass(frozen=True, slots=True)
class Notes:
    """What stands in the notebook of a page, and why it could not be kept as it is.

    Attributes
    ----------
    revision : int
        Of what is stored, which these notes may replace.
    faults : sequence of str
        In the reader's words.
    other : str or None
        What another window has saved meanwhile.
    is_stored : bool
        They are what is stored, and not only what was typed.
    """

    text: str
    revision: int
    faults: Sequence[str] = ()
    other: str | None = None
    is_stored: bool = True

    @property
    def mark(self) -> str:
        """Return what tells later whether somebody has typed in them."""
        return mark_of(self.text) if self.is_stored else ""


def mark_of(text: str) -> str:
    """Return what stands for one text of notes."""
    return sha256(text.encode()).hexdigest()[:16]


def library() -> Library:
    """Return the published content."""
    found: Library = current_app.extensions["lms_library"]
    return found


def scene_page(
    found: PlayedAttempt, position: int, formdata: Any = None
) -> dict[str, Any]:
    """Return what one scene shows; without `formdata` it is filled from the draft."""
    version = library().get(get_session(), found.case_version_id)
    case: Case = version.content
    reader = Reader(case, language())
    route = route_of(found, length=position)
    played = replay(case, found, length=position)
    is_current = position == len(found.actions)
    draft = found.find_draft(position) if is_current else None
    typed = MultiDict(draft.fields) if draft and formdata is None else formdata
    # What can be answered with a button alone needs no form until something is sent.
    is_blank = typed is None and played.kind in ("talk", "document")
    form = None if is_blank else make_scene_form(reader, played, typed)
    stamp = {
        "draft_revision": draft.revision if draft else 0,
        "position": position,
        "action_id": str(uuid4()),
        "scene": played.scene,
    }
    if form is not None and formdata is None:
        for name in stamp.keys() & form.data:
            form[name].data = stamp[name]
    return {
        "attempt": found,
        "version": version,
        "reader": reader,
        "played": played,
        "scene": case.scenes[played.scene],
        "position": position,
        "is_current": is_current,
        "form": form,
        "blank": lambda: make_scene_form(reader, played),
        "stamp": stamp,
        "key": None if route is None else (version.digest, reader.language, route),
        "has_readings": _has_readings(case, reader.language),
        "refusal": None,
        "saved_at": draft.saved_at if draft and formdata is None else None,
        "is_unsaved": formdata is not None,
        "conflict": None,
    }


def render_scene(page: dict[str, Any]) -> str:
    """Show a scene; the notebook beside it says what is stored, if not told else."""
    stored = page["attempt"].notebook
    notebook = Notes(stored.text, stored.revision) if stored else Notes("", 0)
    if "notes" in request.form and refill_reason():
        revision = request.form.get("notes_revision", 0, type=int)
        notebook = Notes(request.form["notes"], revision, is_stored=False)
    return render_template("simulation/scene.html", **{"notebook": notebook, **page})


@lru_cache(maxsize=64)
def _has_readings(case: Case, page_language: str) -> bool:
    """Say whether some text of a case has a reading; asked by every scene."""
    texts = case.texts.get(page_language, {}).values()
    return any(has_readings(row.text) for row in texts)


def overtaken_page(found: PlayedAttempt, page: dict[str, Any], error: LmsError) -> str:
    """Show what was sent beside what stands, since another click was faster."""
    reader: Reader = page["reader"]
    now = scene_page(found, len(found.actions))
    last = now["played"].steps[-1] if now["played"].steps else None
    return render_template(
        "simulation/overtaken.html",
        attempt=found,
        reader=reader,
        sent_lines=sent_lines(page["form"]) if page["form"] else [],
        recorded=reader.route(now["played"], {}, shows_comments=False)[-1]
        if last
        else None,
        error=error,
        current_url=where(found),
    )


def changed_page(page: dict[str, Any], stored: PlayedDraft) -> str:
    """Show what is typed beside the draft that another window saved meanwhile.

    What was typed stands in the form, and may now be sent or saved, knowingly.
    """
    other = make_scene_form(page["reader"], page["played"], MultiDict(stored.fields))
    form: SceneForm = page["form"]
    form.draft_revision.raw_data = None
    form.draft_revision.data = stored.revision
    page["conflict"] = {
        "saved_at": stored.saved_at,
        "lines": sent_lines(other) if other else [],
    }
    return render_scene(page)


def where(found: PlayedAttempt, played: PlayResult | None = None) -> str:
    """Return the address at which an attempt stands; `played` spares its log."""
    is_finished = played.is_finished if played else found.finished_at is not None
    if is_finished:
        return url_for("simulation.result", public_id=found.public_id)
    position = len(played.steps if played else found.actions)
    return url_for("simulation.scene", public_id=found.public_id, position=position)
