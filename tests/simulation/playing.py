"""Playing over HTTP: the fields of an action, and the way to a scene."""

from uuid import uuid4

from lms.demo.acts import recorded_play
from lms.simulation.domain import play


def fields(action):
    """Return the form fields of a recorded action."""
    if action["type"] == "choose":
        return {"choice": action["choice"]}
    if action["type"] == "read":
        return {"scene": action["scene"]}
    answer = action["answer"]
    if "text" in answer:
        return {"scene": action["scene"], **answer}
    if "referrals" in answer:
        found = {"scene": action["scene"]}
        for row in answer["referrals"]:
            name = row["partner"]
            found |= {
                f"pick_{name}": "y",
                f"reason_{name}": row["reason"],
                f"consent_{name}": "yes" if row["consent"] else "no",
                f"share_{name}": row["share"],
                f"follow_{name}": row["follow_up"],
            }
        return found
    return {"scene": action["scene"], **{f"item_{k}": v for k, v in answer.items()}}


def way_to(case, kind):
    """Return the actions that lead to the first scene of a kind."""
    actions = recorded_play(case, "careful path")
    for position in range(len(actions)):
        scene = case.scenes[play(case, actions[:position]).scene]
        if kind in (scene.kind, getattr(getattr(scene, "task", None), "kind", None)):
            return actions[:position]
    raise ValueError(kind)


def play_to(client, case, kind):
    """Begin the case and act up to the first scene of a kind; return its address."""
    place = client.post(f"/cases/{case.id}/attempts").location
    position = 0
    for position, action in enumerate(way_to(case, kind), 1):
        before = position - 1
        data = {"position": before, "action_id": str(uuid4()), **fields(action)}
        posted = client.post(f"{place}/{before}", data=data)
        assert posted.status_code == 303, posted.text
    return f"{place}/{position}"
