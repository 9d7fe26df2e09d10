"""Bad anchors, events, covariates and options give one message with place and cure."""

import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis import PollInputError, PollTrend

POLLS = make_polls(
    [("a", "2022-03-01", 60), ("b", "2022-03-05", 64), ("a", "2022-03-09", 61)]
).assign(mode=["phone", None, "phone"])
ANCHOR = pd.DataFrame({"date": ["2022-03-04"], "value": [55.0], "sd": [2.0]})

FAULTS = [
    ({"anchors": [1]}, "anchors came as list; pass a pandas DataFrame"),
    ({"anchors": ANCHOR.drop(columns="sd")}, "anchors: column sd is missing"),
    ({"anchors": ANCHOR.assign(sd=0)}, "anchors, row 0, column sd: 0 is outside above 0 to 100"),
    ({"anchors": ANCHOR.assign(sd=101)}, "anchors, row 0, column sd: 101 is outside above 0 to"),
    ({"anchors": ANCHOR.assign(value=101)}, "anchors, row 0, column value: 101 is outside 0 to"),
    ({"anchors": ANCHOR.assign(date="May")}, "anchors, row 0, column date: 'May' is not a date"),
    ({"events": "2022-03-04"}, "events came as str; pass a list"),
    ({"events": ["May"]}, "event: 'May' is not a date"),
    ({"events": ["2022-03-01"]}, "event 2022-03-01: 2022-03-01 has no polls on both sides"),
    ({"events": {"x": "2023-03-01"}}, "event x: .* not after 2022-03-09"),
    ({"events": ["2022-03-04", "2022-03-04"]}, "event '2022-03-04' is there twice"),
    ({"events": pd.DataFrame({"day": []})}, "events: column date is missing"),
    ({"covariates": ["colour"]}, "covariate 'colour' is no column; columns to choose from: mode"),
    ({"covariates": ["sector"]}, "covariate 'sector' is part of the model already"),
    ({"scale": "probit"}, "scale 'probit' is not known; use one of percent, logit"),
    ({"common_error": -1}, "common_error is -1; give points, 0 or more"),
]


@pytest.mark.parametrize(("options", "message"), FAULTS)
def test_the_message_names_place_and_cure(options, message):
    with pytest.raises(PollInputError, match=f"^{message}"):
        PollTrend(POLLS, **options)


def test_contrasts_must_add_up_to_zero_over_known_houses():
    results = PollTrend(POLLS).smooth((0.3, 2.0, 5.0))
    with pytest.raises(PollInputError, match="house 'z' has no polls; houses there: a, b"):
        results.contrast({"a": 1, "z": -1})
    with pytest.raises(PollInputError, match=r"the weights add up to 0\.5; give weights that add"):
        results.contrast({"a": 1, "b": -0.5})


def test_asking_for_what_the_model_does_not_hold_is_an_error():
    model = PollTrend(POLLS)
    results = model.smooth((0.3, 2.0, 5.0))
    with pytest.raises(PollInputError, match="the model has no events; give events="):
        results.events()
    with pytest.raises(PollInputError, match="the model has no covariates"):
        results.covariates()
    with pytest.raises(PollInputError, match="the model has no covariates"):
        model.confounding()


def test_new_polls_need_the_covariates_with_known_levels():
    results = PollTrend(POLLS, covariates="mode").smooth((0.3, 2.0, 5.0))
    new = POLLS.drop(columns="share_pct")
    with pytest.raises(PollInputError, match="column mode is missing; the model has this cov"):
        results.get_prediction(new.drop(columns="mode")).summary_frame()
    with pytest.raises(PollInputError, match="row 0, column mode: no poll had 'fax'"):
        results.get_prediction(new.assign(mode="fax")).summary_frame()
