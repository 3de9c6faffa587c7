"""A Twee 3 story as the draft of a case: scenes, words and ids to go on from."""

import re
import unicodedata
from collections.abc import Iterable

from lms.simulation.authoring.skeleton import RubricFound, story_files
from lms.simulation.authoring.twee import Passage, Story

NARRATOR = "narrator"


def import_story(
    story: Story, slug: str, rubric: RubricFound
) -> tuple[dict[str, str], list[str]]:
    """Return a story as the files of a case.

    A passage without a link becomes an end, any other a talk. Ids are made from the
    names of passages and are the author's to keep from then on.

    Returns
    -------
    files, lost
        What to write by file name, and one line for each thing that did not come over.
    """
    ids = _ids_for(passage.name for passage in story.passages)
    lost = list(story.lost)
    scenes: dict[str, dict[str, object]] = {}
    texts = {"t.title": story.title}
    for passage in story.passages:
        name = ids[passage.name]
        scenes[name] = _scene(passage, name, ids, texts)
        lost += [f"'{passage.name}': tag {tag}" for tag in passage.tags]
        if passage.position is not None:
            lost.append(f"'{passage.name}': position {passage.position}")
    start = ids[story.start]
    return story_files(slug, rubric, start=start, scenes=scenes, texts=texts), lost


def _scene(
    passage: Passage, name: str, ids: dict[str, str], texts: dict[str, str]
) -> dict[str, object]:
    text_id = f"t.{name}"
    if passage.text:
        texts[text_id] = passage.text
    if not passage.links:
        end: dict[str, object] = {"kind": "end", "outcome": name}
        return end | ({"text": text_id} if passage.text else {})
    choices = []
    for number, link in enumerate(passage.links, 1):
        choice = f"{name}.{number}"
        texts[f"c.{choice}"] = link.words
        choices.append({"id": choice, "text": f"c.{choice}", "to": ids[link.target]})
    said = {"id": f"{name}.said", "by": NARRATOR, "text": text_id}
    turns = [said] if passage.text else []
    return {"kind": "talk", "turns": turns, "choices": choices}


def _ids_for(names: Iterable[str]) -> dict[str, str]:
    """Return an id for each name: its letters where there are any, else a number."""
    found: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-_")
        taken = set(found.values())
        base = slug or f"passage-{number}"
        found[name] = base if base not in taken else f"{base}-{number}"
    return found
