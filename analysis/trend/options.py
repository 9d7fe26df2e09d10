"""What can be chosen of a trend model, in one value that checks itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from analysis.base.columns import one_date
from analysis.base.errors import PollInputError

SCALES = ("percent", "logit")
HOUSE_VARIANCES = ("common", "by_house")
ERRORS = ("normal", "student")
SHARED_INTERVIEWS = ("ignore", "thin")
WALKS = ("constant", "calming")
# Ways to fit: no option of the model.
METHODS = ("full", "map")
# Elections elsewhere: the error that all polls of a race share averages 1.9 points in absolute
# value (Shirani-Mehr, Rothschild, Goel and Gelman 2018, JASA 113), an sd of 2.4.
COMMON_ERROR = 2.4
# The full-scale invasion, after which opinion rallied, and the days by which a shock falls by e.
CALM_FROM, CALM_DAYS = "2022-02-24", 60.0


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
    calm_days: float


def _is_length(value: object) -> bool:
    """Is a value a finite number of 0 or more."""
    number = int | float | np.integer | np.floating
    return isinstance(value, number) and bool(np.isfinite(value) and value >= 0)


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
    calm_days : float
        Days after which the variance that the shock adds has fallen by a factor e.

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
    calm_days: float = CALM_DAYS

    def __post_init__(self) -> None:
        """Refuse what no model has; bring the rest into one form."""
        if self.scale not in SCALES:
            cure = f"use one of {', '.join(SCALES)}"
            raise PollInputError(f"scale {self.scale!r} is not known", cure)
        if not _is_length(self.common_error):
            raise PollInputError(f"common_error is {self.common_error!r}", "give points, 0 or more")
        if self.house_variance not in HOUSE_VARIANCES:
            cure = f"use one of {', '.join(HOUSE_VARIANCES)}"
            raise PollInputError(f"house_variance {self.house_variance!r} is not known", cure)
        if self.errors not in ERRORS:
            cure = f"use one of {', '.join(ERRORS)}"
            raise PollInputError(f"errors {self.errors!r} is not known", cure)
        if self.errors == "student" and self.house_variance == "by_house":
            cure = "take one of the two"
            raise PollInputError("errors='student' and house_variance='by_house' exclude", cure)
        if self.shared_interviews not in SHARED_INTERVIEWS:
            cure = f"use one of {', '.join(SHARED_INTERVIEWS)}"
            found = f"shared_interviews {self.shared_interviews!r} is not known"
            raise PollInputError(found, cure)
        if self.walk not in WALKS:
            cure = f"use one of {', '.join(WALKS)}"
            raise PollInputError(f"walk {self.walk!r} is not known", cure)
        if not np.isfinite(self.calm_days) or self.calm_days <= 0:
            raise PollInputError(f"calm_days is {self.calm_days!r}", "give days, more than 0")
        names = [self.covariates] if isinstance(self.covariates, str) else self.covariates
        # A frozen value is set this way while it is made.
        object.__setattr__(self, "covariates", tuple(names))
        object.__setattr__(self, "common_error", float(self.common_error))
        object.__setattr__(self, "calm_from", str(one_date(self.calm_from, "calm_from")))
        object.__setattr__(self, "calm_days", float(self.calm_days))

    @property
    def is_logit(self) -> bool:
        """Does the level walk on logits."""
        return self.scale == "logit"


# The model of the published numbers, and of all that is computed from the project's own polls. The
# back-test chose it by the rule of analysis.evaluate.comparison; the table it was chosen from is in
# benchmarks/RESULTS.md.
PUBLISHED = TrendOptions(drift=True, house_variance="by_house", walk="calming")
