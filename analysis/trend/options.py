"""What can be chosen of a trend model, in one value that checks itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict, TypeGuard

import numpy as np

from analysis.base.arrays import is_real
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError

SCALES = ("percent", "logit")
HOUSE_VARIANCES = ("common", "by_house")
ERRORS = ("normal", "student")
SHARED_INTERVIEWS = ("ignore", "thin")
WALKS = ("constant", "calming")
CHOICES = {
    "scale": SCALES,
    "house_variance": HOUSE_VARIANCES,
    "errors": ERRORS,
    "shared_interviews": SHARED_INTERVIEWS,
    "walk": WALKS,
}
# Ways to fit: no option of the model.
METHODS = ("full", "map")
# Elections elsewhere: the error that all polls of a race share averages 1.9 points in absolute
# value (Shirani-Mehr, Rothschild, Goel and Gelman 2018, JASA 113), an sd of 2.4.
COMMON_ERROR = 2.4
# That of a share which is 0 or 100 as it happens.
MOST_COMMON_ERROR = 50.0
# The full-scale invasion, after which opinion rallied, and the days by which a shock falls by e.
CALM_FROM, CALM_DAYS = "2022-02-24", 60.0
# In place of days that are given: a hyperparameter, with a prior around them.
ESTIMATED = "estimated"
# A drift that is drawn back sooner is gone by the next poll of its house: an excess error.
FEWEST_DRIFT_DAYS = 30.0


class OptionValues(TypedDict, total=False):
    """The options as keywords, for those who take and pass on some of them."""

    drift: bool
    scale: str
    common_error: float
    house_variance: str
    errors: str
    shared_interviews: str
    covariates: Sequence[str]
    walk: str
    calm_from: str
    calm_days: float | str
    drift_days: float | None


def _is_length(value: object) -> TypeGuard[float]:
    """Is a value a finite number of 0 or more."""
    return is_real(value) and value >= 0


@dataclass(frozen=True)
class TrendOptions:
    """Options of a :class:`~analysis.trend.model.PollTrend`: all but data and priors.

    Parameters
    ----------
    drift : bool
        May house effects drift from the first poll of each house on.
    scale : str
        ``"percent"`` or ``"logit"``: what the level walks on; results are in percent and
        points either way.
    common_error : float
        Standard deviation of an error that all houses share, points at 50 percent; it is
        proportional to ``sqrt(p (100 - p))``.  0 for none.
    house_variance : str
        ``"common"``: one excess error for the polls of all houses, or ``"by_house"``: one for
        each, drawn to each other.
    errors : str
        ``"normal"``, or ``"student"``: the excess error of a poll has Student's t of 4 degrees of
        freedom, so that a slip, or a poll of another kind, moves little; takes some seconds.
    shared_interviews : str
        ``"ignore"``: all polls count, or ``"thin"``: of a tracking poll, whose windows overlap,
        only polls that share no interviews do.
    covariates : sequence of str
        Categorical columns of the polls whose levels shift a poll; one name may be given as text.
        Or one formula, such as ``"~ C(mode) + online"``, in which columns of numbers are numbers.
    walk : str
        ``"constant"``: the level walks as fast on all days, or ``"calming"``: faster after a
        shock, by a variance a day of ``shock ** 2 * exp(-(t - calm_from) / calm_days)`` on top.
    calm_from : str
        Day of the shock, as YYYY-MM-DD.
    calm_days : float or str
        Days after which the variance that the shock adds has fallen by a factor e; or
        ``"estimated"``: a hyperparameter (calm) that is integrated out like the others.
    drift_days : float, optional
        With ``drift=True``: days after which of a house's drift a factor e less is left, as it is
        drawn back to where the house began; None for a drift that is never drawn back.

    Raises
    ------
    PollInputError
        Naming the option, what was found and what it must be.

    Examples
    --------
    >>> TrendOptions(drift=True, covariates="mode").covariates
    ('mode',)
    """

    drift: bool = False
    scale: str = "percent"
    common_error: float = COMMON_ERROR
    house_variance: str = "common"
    errors: str = "normal"
    shared_interviews: str = "ignore"
    covariates: Sequence[str] = ()
    walk: str = "constant"
    calm_from: str = CALM_FROM
    calm_days: float | str = CALM_DAYS
    drift_days: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no model has; bring the rest into one form."""
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                found = f"{name} {getattr(self, name)!r} is not known"
                raise PollInputError(found, f"use one of {', '.join(known)}")
        self._check_numbers()
        if self.errors == "student" and self.house_variance == "by_house":
            cure = "take one of the two"
            raise PollInputError("errors='student' and house_variance='by_house' exclude", cure)
        names = [self.covariates] if isinstance(self.covariates, str) else self.covariates
        if not _are_several(names):
            cure = "name columns, as in covariates=['mode'], or leave it out"
            raise PollInputError(f"covariates is {names!r}", cure)
        # A frozen value is set this way while it is made.
        object.__setattr__(self, "covariates", tuple(names))
        object.__setattr__(self, "drift", bool(self.drift))
        object.__setattr__(self, "common_error", float(self.common_error))
        object.__setattr__(self, "calm_from", str(one_date(self.calm_from, "calm_from")))
        if self.calm_days != ESTIMATED:
            object.__setattr__(self, "calm_days", float(self.calm_days))
        if self.drift_days is not None:
            object.__setattr__(self, "drift_days", float(self.drift_days))

    def _check_numbers(self) -> None:
        if not isinstance(self.drift, bool | np.bool_):
            raise PollInputError(f"drift is {self.drift!r}", "give True or False")
        if not _is_length(self.common_error):
            raise PollInputError(f"common_error is {self.common_error!r}", "give points, 0 or more")
        if self.common_error > MOST_COMMON_ERROR:
            found = f"common_error is {self.common_error!r} points, of shares from 0 to 100"
            raise PollInputError(found, f"give points, 0 to {MOST_COMMON_ERROR:g}")
        if self.calm_days != ESTIMATED and not (_is_length(self.calm_days) and self.calm_days):
            cure = f"give days, more than 0, or {ESTIMATED!r}"
            raise PollInputError(f"calm_days is {self.calm_days!r}", cure)
        days = self.drift_days
        if days is not None and not (_is_length(days) and days >= FEWEST_DRIFT_DAYS):
            cure = f"give days, {FEWEST_DRIFT_DAYS:g} or more"
            raise PollInputError(f"drift_days is {days!r}", cure)

    @property
    def is_logit(self) -> bool:
        """Does the level walk on logits."""
        return self.scale == "logit"


def _are_several(names: object) -> bool:
    return isinstance(names, Iterable)


# The model of the published numbers, and of all that is computed from the project's own polls. The
# back-test chose it by the rule of analysis.evaluate.comparison; the table it was chosen from is in
# benchmarks/RESULTS.md.
PUBLISHED = TrendOptions(drift=True, house_variance="by_house", walk="calming")
