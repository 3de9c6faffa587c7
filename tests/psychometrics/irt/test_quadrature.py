"""Marginal likelihoods, posteriors and errors against integration by brute force."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lms.psychometrics import ItemBank, fit_irt, posterior, score_persons
from tests.psychometrics.irt.public_data import lsat6, science
from tests.psychometrics.irt.samples import abilities, draw, make_bank

pytestmark = pytest.mark.long  # it integrates by brute force

MIXED = ItemBank(
    ["2PL", "GPCM", "GRM", "PCM", "GRM"],
    a=[1.3, 0.8, 1.6, 1.0, 0.9],
    b=[
        [0.4, np.nan, np.nan],
        [-0.5, 1.2, 0.3],
        [-1.0, 0.2, 1.1],
        [0.5, -0.6, np.nan],
        [0.1, np.nan, np.nan],
    ],
)
ANSWERS = np.array(
    [[1, 2, 3, 0, 1], [0, 0, 0, 0, 0], [1, 3, 3, 2, 1], [np.nan, 1, np.nan, 2, 0]]
)


def chance(bank, item, category, theta):
    """Return the probability of a category, written down from the definition."""
    count = bank.n_categories[item]
    a, b = bank.a[item], bank.b[item, : count - 1]
    if bank.model[item] == "GRM":
        at_least = [1.0, *(1 / (1 + np.exp(-a * (theta - b)))), 0.0]
        return at_least[category] - at_least[category + 1]
    odds = np.exp(np.concatenate([[0.0], np.cumsum(a * (theta - b))]))
    return odds[category] / odds.sum()


def likelihood(bank, answers, theta):
    return np.prod(
        [
            chance(bank, item, int(category), theta)
            for item, category in enumerate(answers)
            if not np.isnan(category)
        ]
    )


def integrate(bank, answers, power=0, *, mean=0.0, sd=1.0):
    def height(theta):
        prior = norm.pdf(theta, mean, sd)
        return theta**power * likelihood(bank, answers, theta) * prior

    return quad(height, mean - 9 * sd, mean + 9 * sd, epsabs=1e-13, limit=200)[0]


@pytest.mark.parametrize("answers", ANSWERS)
def test_posterior_mean_and_deviation(answers):
    # 1e-6: the grid ends six standard deviations from the mean.
    total, first, second = (
        integrate(MIXED, answers, power, mean=0.3, sd=1.2) for power in range(3)
    )
    scores = score_persons([answers], MIXED, mean=0.3, sd=1.2)
    assert scores.theta[0] == pytest.approx(first / total, abs=1e-6)
    variance = second / total - (first / total) ** 2
    assert scores.se[0] == pytest.approx(np.sqrt(variance), abs=1e-6)


def test_posterior_density():
    theta, density = posterior(ANSWERS, MIXED, mean=0.3, sd=1.2)
    for row, answers in enumerate(ANSWERS):
        total = integrate(MIXED, answers, mean=0.3, sd=1.2)
        for node in (40, 60, 75):
            prior = norm.pdf(theta[node], 0.3, 1.2)
            height = likelihood(MIXED, answers, theta[node]) * prior / total
            assert density[row, node] == pytest.approx(height, rel=1e-7)


def test_log_likelihood_of_a_calibration():
    patterns, counts = science()
    result = fit_irt(patterns, "GRM", weights=counts, se=False)
    chances = [integrate(result.items, answers) for answers in patterns]
    assert result.loglik == pytest.approx(counts @ np.log(chances), abs=1e-5)


def test_twice_the_nodes_move_nothing():
    # With 60 items a posterior is about as wide as the gap of 61 nodes: still exact.
    bank = make_bank("2PL", 60)
    answers = draw(bank, abilities(1000))
    one, other = (fit_irt(answers, nodes=nodes, se=False) for nodes in (61, 121))
    assert one.items.a == pytest.approx(other.items.a, abs=1e-5)
    assert one.items.b == pytest.approx(other.items.b, abs=1e-5)


def test_score_does_not_slip_between_nodes_of_a_long_test():
    bank = make_bank("2PL", 400)
    answers = draw(bank, abilities(5))
    fine = score_persons(answers, bank, nodes=4001)
    scores = score_persons(answers, bank)
    assert scores.theta == pytest.approx(fine.theta, abs=1e-6)
    assert scores.se == pytest.approx(fine.se, abs=1e-6)


def numeric_information(form_fit, values, step=1e-3):
    """Return minus the matrix of second differences of `form_fit` at `values`."""
    size = len(values)
    moves = np.eye(size) * step
    found = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            found[i, j] = -(
                form_fit(values + moves[i] + moves[j])
                - form_fit(values + moves[i] - moves[j])
                - form_fit(values - moves[i] + moves[j])
                + form_fit(values - moves[i] - moves[j])
            ) / (4 * step**2)
    return found


@pytest.mark.parametrize(("model", "data"), [("2PL", lsat6), ("GRM", science)])
def test_covariances_invert_the_curvature_of_the_likelihood(model, data):
    # Second differences with steps of 1e-3 are right to about 1e-4 of the largest.
    patterns, counts = data()
    result = fit_irt(patterns, model, weights=counts)
    a, b = result.items.a, result.items.b

    def loglik(values):
        bank = ItemBank(model, values[: a.size], values[a.size :].reshape(b.shape))
        theta, density = posterior(patterns, bank)
        heights = np.array([likelihood(bank, x, theta[60]) for x in patterns])
        # At the middle node: likelihood * prior / marginal = density.
        return counts @ np.log(heights * norm.pdf(0) / density[:, 60])

    information = numeric_information(loglik, np.concatenate([a, b.ravel()]))
    se = np.sqrt(np.diag(np.linalg.inv(information)))
    assert result.se.a == pytest.approx(se[: a.size], rel=1e-3)
    assert result.se.b.ravel() == pytest.approx(se[a.size :], rel=1e-3)
    named = [f"a[{j}]" for j in range(a.size)]
    places = [result.parameters.index(name) for name in named]
    assert np.sqrt(np.diag(result.vcov))[places] == pytest.approx(result.se.a)
