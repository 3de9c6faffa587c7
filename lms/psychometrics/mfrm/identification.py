"""Whether the facets of a design have a common zero."""

import numpy as np
from scipy.linalg import eigh

from lms.psychometrics.arrays import Ints
from lms.psychometrics.errors import DisconnectedDesignError
from lms.psychometrics.mfrm.design import make_design
from lms.psychometrics.mfrm.joint import JointLikelihood
from lms.psychometrics.mfrm.layout import Freedom
from lms.psychometrics.mfrm.linkage import subsets_of_raters
from lms.psychometrics.mfrm.ratings import Label, Ratings
from lms.psychometrics.mfrm.trimming import Anchors, Core

# Share of the largest information below which there is none.
_NOTHING = 1e-9
# Named in an error; more would hide what it says.
_MOST_NAMED = 6


def linked_subsets(core: Core, anchors: Anchors) -> Ints:
    """Return the subset of each calibrated rater, -1 for the others.

    Raters are linked through learners whom both rated; anchored raters are linked to
    each other by their anchors.
    """
    ratings = core.ratings
    found = subsets_of_raters(ratings.learner, ratings.rater, len(ratings.raters))
    anchored = [r for r in anchors["raters"] if core.is_rater[r]]
    found[np.isin(found, found[anchored])] = found[anchored[0]] if anchored else 0
    found[~core.is_rater] = -1
    kept = np.unique(found[core.is_rater])
    numbers = np.searchsorted(kept, found)
    return np.where(core.is_rater, numbers, -1)


def explain_subsets(
    ratings: Ratings, core: Core, subset: Ints
) -> DisconnectedDesignError:
    """Return the error that names the parts."""
    parts = [
        tuple(ratings.raters[i] for i in np.flatnonzero(subset == number))
        for number in range(int(subset.max()) + 1)
    ]
    whole = subsets_of_raters(ratings.learner, ratings.rater, len(ratings.raters))
    why = "share no learner"
    if np.unique(whole[core.is_rater]).size == 1:
        why = "share only learners with lowest or with highest scores throughout"
    named = "; ".join(_name(part) for part in parts[:_MOST_NAMED])
    more = " …" if len(parts) > _MOST_NAMED else ""
    return DisconnectedDesignError(
        f"raters fall into {len(parts)} subsets that {why}: {named}{more}. Let some "
        "learners be rated across subsets, or anchor a rater of each; "
        "on_disconnected='warn' gives each subset a zero of its own",
        parts,
    )


def _name(part: tuple[Label, ...]) -> str:
    shown = ", ".join(map(repr, part[:_MOST_NAMED]))
    return shown + (f" and {len(part) - _MOST_NAMED} more" * (len(part) > _MOST_NAMED))


def require_contrasts(core: Core, freedom: Freedom, *, are_learners_free: bool) -> None:
    """Refuse designs in which severities cannot be told from difficulties.

    Raises
    ------
    DisconnectedDesignError
        Such as one rater for each criterion.
    """
    if not freedom.basis.size:
        return
    design = make_design(core.ratings, core.layout)
    likelihood = JointLikelihood(design, everybody=True)
    blocks = likelihood.blocks(
        np.zeros(design.weight.size), np.zeros(core.layout.size), design.observed
    )
    information = (
        blocks.without_abilities(design.weight)[1]
        if are_learners_free
        else blocks.facets
    )
    values, vectors = eigh(freedom.basis.T @ information @ freedom.basis)
    flat = freedom.basis @ vectors[:, values <= _NOTHING * max(values.max(), 1e-9)]
    if not flat.shape[1]:
        return
    ratings, n_raters = core.ratings, core.layout.n_raters
    labels: list[tuple[str, Label]] = [("rater", label) for label in ratings.raters]
    labels += [("criterion", label) for label in ratings.criteria]
    moving = np.abs(flat[: len(labels)]).max(axis=1) > 1e-6
    odd = [
        f"{kind} {label!r}"
        for (kind, label), is_odd in zip(labels, moving, strict=True)
        if is_odd
    ]
    named = ", ".join(odd[:_MOST_NAMED]) + (" …" if len(odd) > _MOST_NAMED else "")
    parts = _parts(np.round(flat[:n_raters], 6), ratings.raters)
    if len(parts) == 1:
        rest = flat[n_raters : len(labels)]
        parts = _parts(np.round(rest, 6), ratings.criteria)
    raise DisconnectedDesignError(
        f"severities and difficulties cannot be told apart: {named or 'thresholds'}. "
        "Let raters share criteria on the learners whom they share",
        parts,
    )


def _parts(rows: np.ndarray, labels: tuple[Label, ...]) -> list[tuple[Label, ...]]:
    _, number = np.unique(rows, axis=0, return_inverse=True)
    return [
        tuple(labels[i] for i in np.flatnonzero(number.reshape(-1) == part))
        for part in range(int(number.max()) + 1)
    ]
