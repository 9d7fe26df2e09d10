"""Maximum likelihood for list experiments: a logistic item, a law of the control items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag
from scipy.optimize import least_squares, minimize
from scipy.special import betaln, digamma, expit, gammaln, logit

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.list_experiments._data import ListData

Fitted = tuple[Array, Array, float]


def fit_linear(data: ListData) -> Fitted:
    """Counts on covariates and their products with the treatment, by (weighted) least squares.

    Returns
    -------
    coefficients : ndarray, shape (2 k,)
        Of the item (the products), then of the control items.
    covariance : ndarray, shape (2 k, 2 k)
        HC3.
    log_likelihood : float
        NaN.
    """
    k = data.design.shape[1]
    both = np.hstack([data.treated[:, None] * data.design, data.design])
    if np.linalg.matrix_rank(both) < 2 * k:
        arms = (data.design[data.treated], data.design[~data.treated])
        still = [np.ptp(arm, axis=0) == 0 for arm in arms]
        named = [
            n for n, *one in zip(data.names[1:], *(s[1:] for s in still), strict=True) if any(one)
        ]
        cure = "leave out a covariate that has one value in an arm"
        where = f"column {named[0]}" if named else ", ".join(data.names[1:])
        raise PollInputError("covariates do not vary within both arms", cure, where)
    # Loaded where it is asked for: it takes longer to import than all else.
    from statsmodels.regression.linear_model import WLS

    found = WLS(data.count, both, weights=data.weights).fit(cov_type="HC3")
    return np.asarray(found.params), np.asarray(found.cov_params()), float("nan")


def fit_least_squares(data: ListData) -> Fitted:
    """Control counts by J logit^-1(x g), then the rest of the treated by logit^-1(x d).

    Returns
    -------
    coefficients : ndarray, shape (2 k,)
        d, then g.
    covariance : ndarray, shape (2 k, 2 k)
        Sandwich of the stacked moments: the error of the first step enters the second
        (Imai 2011, JASA 106, section 3.1; Newey and McFadden 1994, theorem 6.1).
    log_likelihood : float
        NaN.
    """
    treated, n_items = data.treated, data.n_items
    first = _curve(data.design[~treated], data.count[~treated], data.weights[~treated], n_items)
    rest = data.count - n_items * expit(data.design @ first)
    second = _curve(data.design[treated], rest[treated], data.weights[treated], 1)
    return np.concatenate([second, first]), _sandwich(data, second, first), float("nan")


def _curve(design: Array, count: Array, weights: Array, top: int) -> Array:
    """Nonlinear least squares of a count on top * logit^-1(x b)."""
    root = np.sqrt(weights)

    def miss(coefficients: Array) -> Array:
        return np.asarray(root * (count - top * expit(design @ coefficients)))

    def slope(coefficients: Array) -> Array:
        share = expit(design @ coefficients)
        return np.asarray(-(root * top * share * (1 - share))[:, None] * design)

    start = np.zeros(design.shape[1])
    mean = np.clip(weights @ count / weights.sum() / top, 0.02, 0.98)
    start[0] = np.log(mean / (1 - mean))
    # Coefficients beyond 30 logits say that a share is 0 or 1, which no curve has.
    found = least_squares(miss, start, slope, xtol=1e-12, ftol=1e-14, gtol=1e-12, max_nfev=2000)
    if not found.success or np.abs(found.x).max() > 30:
        cure = "leave out covariates, or take method='linear'"
        raise PollInputError("least squares found no minimum", cure)
    return np.asarray(found.x)


def _sandwich(data: ListData, second: Array, first: Array) -> Array:
    """Sandwich of both steps."""
    treated, design, weights = data.treated, data.design, data.weights
    p, q = expit(design @ second), expit(design @ first)
    p_slope, q_slope = p * (1 - p), data.n_items * q * (1 - q)
    rest = data.count - data.n_items * q
    score_two = (weights * treated * (rest - p) * p_slope)[:, None] * design
    score_one = (weights * ~treated * rest * q_slope)[:, None] * design
    meat = block_diag(score_two.T @ score_two, score_one.T @ score_one)

    def bread(values: Array) -> Array:
        return np.asarray(design.T @ ((weights * values)[:, None] * design))

    k = design.shape[1]
    whole = np.zeros((2 * k, 2 * k))
    whole[:k, :k] = bread(treated * p_slope**2)
    whole[:k, k:] = bread(treated * p_slope * q_slope)
    whole[k:, k:] = bread(~treated * q_slope**2)
    inverse = np.linalg.inv(whole)
    return np.asarray(inverse @ meat @ inverse.T)


CONTROLS = ("binomial", "betabinomial")
# EM gets near the maximum from anywhere, but creeps there; Newton's steps end the way.
EM_STEPS = 30
START_RHO = 0.05
# A correlation that no sample tells from none: it widens the variance of ten items by a thousandth.
LEAST_RHO = 1e-4
STEP = 1e-5
# A slope of the mean log likelihood below this is flat.
FLAT = 1e-6
# A share below this on the way to zero: the climb would never end.
NOBODY = 1e-4


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Observed-data likelihood of a list experiment.

    Parameters
    ----------
    data : ListData
    control : {"binomial", "betabinomial"}

    Notes
    -----
    Blair and Imai (2012), equation 5, with one law h of the control items whether or not the
    item applies: control ``h(y)``; treated ``g h(y - 1) + (1 - g) h(y)``, where h of -1 and
    of J + 1 is zero.
    """

    data: ListData
    control: str

    def split(self, parameters: Array) -> tuple[Array, Array]:
        """Coefficients of the item, and parameters of the control items."""
        k = self.data.design.shape[1]
        return parameters[:k], parameters[k:]

    def value(self, parameters: Array) -> float:
        """Weighted log likelihood."""
        return float(self.data.weights @ self._terms(parameters)[0])

    def scores(self, parameters: Array) -> Array:
        """Gradient of each respondent's log likelihood, shape (n, n_parameters)."""
        _, holds, share = self._terms(parameters)
        design, treated = self.data.design, self.data.treated
        item = (treated * (holds - share))[:, None] * design
        own = self.law(self.split(parameters)[1])[1]
        without, with_item = own(self.data.count), own(self.data.count - 1.0)
        mixed = (1 - holds)[:, None] * without + holds[:, None] * with_item
        return np.hstack([item, mixed])

    def _terms(self, parameters: Array) -> tuple[Array, Array, Array]:
        """Log likelihood, probability of the item given the count, and before it."""
        delta, rest = self.split(parameters)
        share = expit(self.data.design @ delta)
        log_h = self.law(rest)[0]
        treated, count = self.data.treated, self.data.count
        with np.errstate(divide="ignore"):
            without = np.where(treated, np.log1p(-share), 0.0) + log_h(count)
            with_item = np.where(treated, np.log(share) + log_h(count - 1.0), -np.inf)
        total = np.logaddexp(without, with_item)
        return total, np.exp(with_item - total), share

    def law(self, rest: Array) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
        """Log probability of a number of control items, and its gradient (0 outside 0 to J)."""
        data, top = self.data, float(self.data.n_items)
        gamma = rest[: data.design.shape[1]]
        p = expit(data.design @ gamma)
        if self.control == "binomial":
            return (
                lambda y: _inside(y, top, lambda v: _choose(top, v) + _bernoulli(v, top, p)),
                lambda y: (y - top * p)[:, None] * data.design,
            )
        rho = max(float(expit(rest[-1])), LEAST_RHO / 10)
        # Intra-class correlation rho = 1 / (1 + a + b).
        size = (1 - rho) / rho
        a, b = p * size, (1 - p) * size

        def log_h(y: Array) -> Array:
            return _inside(
                y, top, lambda v: _choose(top, v) + betaln(v + a, top - v + b) - betaln(a, b)
            )

        def gradient(y: Array) -> Array:
            v = np.clip(y, 0.0, top)
            up, down = digamma(v + a) - digamma(a), digamma(top - v + b) - digamma(b)
            both = digamma(top + size) - digamma(size)
            index = size * p * (1 - p) * (up - down)
            # d size / d logit(rho) = -size.
            spread = -size * (p * up + (1 - p) * down - both)
            return np.column_stack([index[:, None] * data.design, spread])

        return log_h, gradient


def fit_likelihood(data: ListData, control: str) -> tuple[Array, Array, float]:
    """Maximise the likelihood by EM, then by quasi-Newton steps.

    Parameters
    ----------
    data : ListData
    control : {"binomial", "betabinomial"}

    Returns
    -------
    coefficients : ndarray, shape (2 k,) or, beta-binomial, (2 k + 1,)
    covariance : ndarray
        Inverse of the observed information; with weights a sandwich.
    log_likelihood : float

    Raises
    ------
    PollInputError
        When there is no maximum in the interior, as where a share is 0 or 1.
    """
    simple = Likelihood(data, "binomial")
    found = _climb(simple, _expectation_maximisation(simple))
    if control == "betabinomial":
        simple = Likelihood(data, control)
        found = _climb(simple, np.append(found, logit(START_RHO)))
    return found, _covariance(simple, found), simple.value(found)


def _expectation_maximisation(model: Likelihood) -> Array:
    """Start of the climb: EM with one Newton step of both logistic regressions a round."""
    data, k = model.data, model.data.design.shape[1]
    parameters = np.zeros(2 * k)
    mean = np.average(data.count[~data.treated], weights=data.weights[~data.treated])
    parameters[k] = logit(np.clip(mean / data.n_items, 0.02, 0.98))
    for _ in range(EM_STEPS):
        _, holds, share = model._terms(parameters)
        p = expit(data.design @ parameters[k:])
        inner = data.weights * data.treated
        parameters[:k] += _newton(data.design, inner * (holds - share), inner * share * (1 - share))
        left = data.weights * (data.count - holds - data.n_items * p)
        curve = data.weights * data.n_items * p * (1 - p)
        parameters[k:] += _newton(data.design, left, curve)
    return parameters


def _newton(design: Array, slope: Array, curve: Array) -> Array:
    """Newton step of a logistic regression, at most one logit long for each coefficient."""
    bend = design.T @ (curve[:, None] * design)
    step = np.linalg.lstsq(bend, design.T @ slope, rcond=None)[0]
    return np.asarray(np.clip(step, -1.0, 1.0))


def _climb(model: Likelihood, start: Array) -> Array:
    """Maximise the mean log likelihood."""
    data = model.data
    total = data.weights.sum()

    def slope(parameters: Array) -> Array:
        return np.asarray(-data.weights @ model.scores(parameters) / total)

    found = minimize(
        lambda parameters: -model.value(parameters) / total,
        start,
        jac=slope,
        method="BFGS",
        options={"gtol": 1e-9, "maxiter": 2000},
    )
    if model.control == "betabinomial" and expit(found.x[-1]) < LEAST_RHO:
        cure = "take control='binomial' (--control binomial)"
        raise PollInputError("the counts scatter no more than binomial ones", cure)
    share = expit(data.design @ model.split(found.x)[0])
    is_edge = share.max() < NOBODY or share.min() > 1 - NOBODY
    if is_edge or not np.isfinite(found.fun) or np.abs(slope(found.x)).max() > FLAT:
        raise _no_maximum()
    return np.asarray(found.x)


def _covariance(model: Likelihood, parameters: Array) -> Array:
    """Inverse information by central differences of the gradient; a sandwich with weights."""
    data, k = model.data, len(parameters)
    bend = np.empty((k, k))
    for i in range(k):
        step = np.zeros(k)
        step[i] = STEP
        above, below = model.scores(parameters + step), model.scores(parameters - step)
        bend[i] = -data.weights @ (above - below) / (2 * STEP)
    bend = (bend + bend.T) / 2
    if np.linalg.eigvalsh(bend)[0] <= 0:
        raise _no_maximum()
    inverse = np.linalg.inv(bend)
    if not data.is_weighted:
        return np.asarray(inverse)
    scores = data.weights[:, None] * model.scores(parameters)
    return np.asarray(inverse @ (scores.T @ scores) @ inverse)


def _no_maximum() -> PollInputError:
    cure = "leave out covariates, try control='binomial', or take method='nls' or 'linear'"
    return PollInputError("the likelihood has no maximum inside", cure)


def _inside(y: Array, top: float, log_h: Callable[[Array], Array]) -> Array:
    """Log probability within 0 to J, minus infinity outside."""
    value = log_h(np.clip(y, 0.0, top))
    return np.where((y >= 0) & (y <= top), value, -np.inf)


def _choose(top: float, y: Array) -> Array:
    return np.asarray(gammaln(top + 1) - gammaln(y + 1) - gammaln(top - y + 1))


def _bernoulli(y: Array, top: float, p: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(y * np.log(p) + (top - y) * np.log1p(-p))
