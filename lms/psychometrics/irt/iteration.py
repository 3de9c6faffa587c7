"""EM with acceleration: each step from the last few, taken back where it loses."""

from dataclasses import dataclass, field

import numpy as np

from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.coding import CodedResponses
from lms.psychometrics.irt.expectation import Expectation, expect, make_grid
from lms.psychometrics.irt.form import Form, State
from lms.psychometrics.irt.maximisation import maximise

# Steps remembered: more make the small least-squares problem ill-conditioned.
_DEPTH = 6
# Where the accelerated step says the end is further off than the tolerance times this,
# EM crawls, and goes on.
_CRAWL = 10.0
# A fall of the log-likelihood, relative, that is more than rounding.
_LOSS = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How finely to integrate, and how long to climb; see `fit_irt`."""

    nodes: int = 61
    span: float = 6.0
    tol: float = 1e-5
    max_iter: int = 500

    def __post_init__(self) -> None:
        if self.nodes < 5:
            raise DataError(f"nodes: need at least 5, got {self.nodes}")
        if not 2 <= self.span <= 20:
            raise DataError(f"span: need 2 to 20 standard deviations, got {self.span}")
        if not self.tol > 0:
            raise DataError(f"tol: need a positive one, got {self.tol}")
        if self.max_iter < 1:
            raise DataError(f"max_iter: need at least 1, got {self.max_iter}")


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Where the iteration ended."""

    state: State
    last: Expectation
    n_iter: int
    converged: bool


@dataclass(slots=True)
class _Memory:
    """Differences of the last points and of the moves that EM made from them.

    Anderson mixing: the next point is the combination of the last ones whose moves
    cancel best (Walker & Ni, 2011, SIAM Journal on Numerical Analysis, 49(4),
    1715-1735, doi:10.1137/10078356X); for EM with a fallback, Henderson & Varadhan
    (2019), Journal of Computational and Graphical Statistics, 28(4), 834-846.
    """

    points: list[Floats] = field(default_factory=list)
    moves: list[Floats] = field(default_factory=list)

    def extrapolate(self, point: Floats, image: Floats) -> Floats:
        """Remember that EM moved `point` to `image`, and return the better guess."""
        self.points = [*self.points[-_DEPTH:], point]
        self.moves = [*self.moves[-_DEPTH:], image - point]
        if len(self.points) < 2:
            return image
        of_points = np.diff(np.array(self.points), axis=0)
        of_moves = np.diff(np.array(self.moves), axis=0)
        shares = np.linalg.lstsq(of_moves.T, self.moves[-1], rcond=1e-8)[0]
        guess: Floats = image - shares @ (of_points + of_moves)
        return guess

    def forget(self) -> None:
        """Start afresh."""
        self.points, self.moves = [], []


def calibrate(
    coded: CodedResponses, form: Form, start: State, settings: Settings
) -> Calibration:
    """Climb to the marginal maximum.

    Ends when EM moves no parameter (slopes, intercepts, means, standard deviations) by
    the tolerance, and acceleration sees the end no further off than ten times that.
    """
    tol, max_iter = settings.tol, settings.max_iter
    state, memory = start, _Memory()
    plain: State | None = None
    best = -np.inf
    for n_iter in range(1, max_iter + 1):
        grid = make_grid(state.mean, state.sd, settings.nodes, settings.span)
        last = expect(coded, state, grid)
        value = last.log_likelihood + float(form.log_prior(state.items.slope).sum())
        if plain is not None and not value >= best - _LOSS * (1 + abs(best)):
            state, plain = plain, None
            memory.forget()
            continue
        best = value
        image = maximise(coded, last, form, state)
        point, moved = form.pack(state), form.pack(image)
        guess = memory.extrapolate(point, moved)
        if _is_small(moved - point, tol) and _is_small(guess - point, tol * _CRAWL):
            return Calibration(image, last, n_iter, converged=True)
        proposed = form.unpack(guess, image)
        plain = image if form.is_allowed(proposed) else None
        state = image if plain is None else proposed
    return Calibration(plain or state, last, max_iter, converged=False)


def _is_small(change: Floats, tol: float) -> bool:
    return float(np.abs(change).max(initial=0.0)) < tol
