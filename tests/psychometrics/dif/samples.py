"""Answers of two groups, drawn or counted out."""

import numpy as np


def draw_groups(*, seed, n=1200, n_items=20, shift=None, gap=0.0, slope=None):
    """Draw Rasch answers; `shift` makes items harder for the focal group.

    Returns answers (n, n_items), groups ("r" or "f"), abilities. `gap` lowers the
    focal group's abilities, `slope` gives items another slope in it.
    """
    rng = np.random.default_rng(seed)
    is_focal = np.arange(n) % 2 == 1
    ability = rng.normal(size=n) - gap * is_focal
    difficulty = np.linspace(-1.5, 1.5, n_items)[rng.permutation(n_items)]
    logit = ability[:, None] - difficulty
    for item, change in (slope or {}).items():
        logit[is_focal, item] *= change
    for item, harder in (shift or {}).items():
        logit[is_focal, item] -= harder
    answers = (rng.random((n, n_items)) < 1 / (1 + np.exp(-logit))).astype(float)
    return answers, np.where(is_focal, "f", "r"), ability


def persons_of(tables):
    """Count out persons: (reference right, wrong, focal right, wrong) a level."""
    cells = [("r", 1), ("r", 0), ("f", 1), ("f", 0)]
    rows = [
        (answer, group, level)
        for level, table in enumerate(tables)
        for (group, answer), count in zip(cells, table, strict=True)
        for _ in range(count)
    ]
    answers, group, level = zip(*rows, strict=True)
    return np.array(answers, float)[:, None], np.array(group), np.array(level, float)
