"""A trend model as one frozen value: the checked polls, what enters beside them, the choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.priors import Priors
from analysis.base.sampling import NEAR_EDGE, common_error_sd
from analysis.observations.frame import Observations
from analysis.trend.hyperparameters.space import HyperparameterSpace, make_space
from analysis.trend.options import ESTIMATED, TrendOptions
from analysis.trend.solver.design import Design, build_design
from analysis.trend.solver.formula import read_covariates
from analysis.trend.solver.inputs import Anchors, Covariates
from analysis.trend.solver.logit import from_logit, logit_priors, on_logits, slope_at
from analysis.trend.solver.walk import NEVER_BACK, Calming, Reversion


@dataclass(frozen=True, eq=False)
class TrendSpecification:
    """What defines a trend model; made by :func:`specify`.

    Parameters
    ----------
    observations : Observations
        The checked polls.
    anchors : Anchors
        Observations of the level itself.
    events : mapping of str to datetime64
        Labels and dates of level shifts, in order of dates.
    priors : Priors
        In points.
    options : TrendOptions
    design : Design
        All of these as arrays, on the scale of the model.
    """

    observations: Observations
    anchors: Anchors
    events: Mapping[str, np.datetime64]
    priors: Priors
    options: TrendOptions
    design: Design

    @cached_property
    def covariates(self) -> Covariates:
        """Covariates as columns."""
        return read_covariates(self.observations, self.options.covariates)

    @property
    def model_priors(self) -> Priors:
        """Priors on the scale of the model."""
        return logit_priors(self.priors) if self.options.is_logit else self.priors

    @cached_property
    def space(self) -> HyperparameterSpace:
        """The hyperparameters, their priors and the likelihood."""
        houses = self.observations.houses
        is_by_house = self.options.house_variance == "by_house"
        return make_space(
            self.design,
            self.model_priors,
            houses if is_by_house else None,
            is_student=self.options.errors == "student",
        )

    def variant(
        self,
        *,
        priors: Priors | None = None,
        events: Mapping[str, np.datetime64] | None = None,
        **options: Any,
    ) -> TrendSpecification:
        """Return the same polls under other priors, events or options.

        Parameters
        ----------
        priors : Priors, optional
        events : mapping of str to datetime64, optional
        **options
            Fields of :class:`~analysis.trend.options.TrendOptions`; covariates must be columns
            that the polls were checked for.
        """
        if options.get("shared_interviews", mine := self.options.shared_interviews) != mine:
            cure = "build the model anew"
            raise PollInputError("shared_interviews decides which polls there are", cure)
        return specify(
            self.observations,
            self.anchors,
            self.events if events is None else events,
            self.priors if priors is None else priors,
            replace(self.options, **options),
        )

    def with_response(self, response: Array) -> TrendSpecification:
        """Return the same model on other observed values; their variances stay as they are.

        Parameters
        ----------
        response : ndarray, shape (n,)
            On the scale and in the order of ``design.response``.
        """
        share = from_logit(response) if self.options.is_logit else response
        polls = self.observations.polls.assign(share_pct=share[self.design.house >= 0])
        return replace(
            self,
            observations=replace(self.observations, polls=polls),
            design=replace(self.design, response=response),
        )


def specify(
    observations: Observations,
    anchors: Anchors,
    events: Mapping[str, np.datetime64],
    priors: Priors,
    options: TrendOptions,
) -> TrendSpecification:
    """Arrange checked input and choices as a model.

    Parameters
    ----------
    observations : Observations
        With the columns of ``options.covariates`` checked.
    anchors : Anchors
    events : mapping of str to datetime64
    priors : Priors
        In points.
    options : TrendOptions

    Returns
    -------
    TrendSpecification

    Raises
    ------
    PollInputError
        On logits, for an anchor at 0 or 100.
    """
    design = build_design(
        observations,
        logit_priors(priors) if options.is_logit else priors,
        drift=options.drift,
        anchors=anchors,
        events=events,
        covariates=read_covariates(observations, options.covariates),
        calming=read_calming(observations, options),
        reversion=NEVER_BACK if options.drift_days is None else Reversion(options.drift_days),
        bias_sd=_bias_sd(anchors, options),
    )
    if options.is_logit:
        _check_edges(anchors)
        design = on_logits(design, observations.polls)
    return TrendSpecification(observations, anchors, events, priors, options, design)


def _bias_sd(anchors: Anchors, options: TrendOptions) -> float:
    """Prior sd of the bias that houses share, at the mean of the anchors, on the model's scale."""
    if not len(anchors.value):
        return 0.0
    # At 0 and 100 houses could not err, and a logit has no length in points.
    share = anchors.value.mean(keepdims=True).clip(NEAR_EDGE, 100.0 - NEAR_EDGE)
    slope = slope_at(share) if options.is_logit else np.ones(1)
    return float((common_error_sd(share, options.common_error) * slope)[0])


def _check_edges(anchors: Anchors) -> None:
    """Refuse anchors that have no logit; they would lose all weight without a word."""
    edge = np.flatnonzero((anchors.value <= 0.0) | (anchors.value >= 100.0))
    if len(edge):
        found = f"{anchors.value[edge[0]]:g} on {anchors.date[edge[0]]} has no logit"
        cure = "give a value above 0 and below 100, or take the scale percent"
        raise PollInputError(found, cure, "anchors")


def read_calming(observations: Observations, options: TrendOptions) -> Calming | None:
    """The shock that the options name, on the days of the polls."""
    if options.walk == "constant":
        return None
    start = observations.days_of(np.datetime64(options.calm_from, "D"))[0]
    days = None if options.calm_days == ESTIMATED else float(options.calm_days)
    return Calming(int(start), days)
