"""Tables that no command prints are held whole, on small made-up polls: each column by value.

tests/data/answers has what each call gives, in the order of the calls below.
"""

import pickle
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from helpers.whole_answers import STORED, compare_with_stored, thin
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import (
    CompositionTrend,
    PollTrend,
    Priors,
    as_of_history,
    claim,
    fit_who,
    published_by,
)
from analysis import evaluate as ev
from analysis import list_experiments as le
from analysis import questions as qs
from analysis import sensitivity as se
from analysis.base.text import round_half_up
from analysis.evaluate.multiverse import _read_sides
from analysis.evaluate.runner import RunError
from analysis.findings import (
    claims_at,
    find_extremes,
    findings,
    name_span,
    opinion_polls,
    say_direction,
    show_findings,
    signed,
    state_gaps,
    support_sensitivity,
    whole,
)
from analysis.groups import simulate_who
from analysis.groups.terms import Term
from analysis.observations import find_coming_suspicions, find_past_suspicions
from analysis.observations.frame import prepare_observations
from analysis.observations.references import contrast_row, reference_weights
from analysis.present import show_table
from figures import FittedPolls

ALPHA = 0.2  # of most intervals: the usual 0.05 is what the commands print
START, END = ("2022-03-01", "2022-03-31"), "2022-07-15"
DATES = ["2022-03-10", "2022-06-15", "2022-08-11"]
EVENTS = {"a law": "2022-06-06", "a fight": "2022-04-20"}
CELLS, POPULATION = (pd.read_csv(STORED / name) for name in ("cells.csv", "population.csv"))


def rng():
    return np.random.default_rng(3)


@cache
def read_polls():
    polls = pd.read_csv(STORED / "polls.csv", parse_dates=["start_date", "end_date", "published"])
    parts = {"for_pct": polls["share_pct"], "against_pct": polls["against_pct"]}
    return polls.drop(columns="against_pct").assign(**parts)


@cache
def fit(**changes):
    return PollTrend(read_polls(), **changes).fit()


def list_trend():
    results = fit()
    yield results.conf_int(ALPHA)
    yield results.params
    yield results.bse
    yield results.hyperparameters(ALPHA)
    yield results.house_effects("elm", ALPHA)
    yield results.house_effects({"ash": 0.25, "fir": 0.75}, ALPHA)
    yield results.trend("sector:state", ALPHA, include_common_error=True, dates=DATES)
    yield results.change(START, END, ALPHA, "sectors")
    yield results.contrast({"ash": 1, "oak": -1}, ALPHA)
    yield results.typical_change("2022-03-20", END, ALPHA)
    yield results.sector_gaps("independent", "state", ALPHA)
    yield results.sector_gap(estimand="population", alpha=ALPHA)
    yield results.variance_budget()
    yield results.sensitivity(START, END, alpha=ALPHA)
    yield results.sensitivity(START, END, bases={"april": ("2022-04-01", "2022-04-30")})
    yield [results.prob_above(60, END), results.prob_above(60, END, "ash")]
    yield results.prob_above(60, END, include_common_error=True)
    yield results.forecast(3)
    yield results.get_forecast("2022-08-15", "fir", ALPHA).summary_frame()
    yield results.get_forecast(2).prob_above(55)
    yield results.get_prediction(alpha=ALPHA).summary_frame()
    yield results.residuals()
    yield results.loo(ALPHA)
    yield results.cross_check(knot_days=60)
    yield results.posterior_predictive_check(40, rng())
    yield results.simulate(3, rng())
    yield results.draws(4, rng(), "houses", DATES).level
    logits = fit(scale="logit")
    yield logits.loo(ALPHA)
    yield logits.draws(3, rng(), "houses", DATES).log_likelihood.iloc[:, :5]
    yield results.weights_of("sector:independent")
    yield results.summary("ash", ALPHA)
    yield PollTrend(read_polls()).compare_drift()
    yield PollTrend(read_polls()).prior_predictive(5, rng()).params
    yield PollTrend(read_polls(), drift=True).draw_params(rng())


def list_drift():
    results = fit(drift=True, house_variance="by_house")
    yield results.house_effects(alpha=ALPHA)
    yield results.hyperparameters(ALPHA)
    yield results.change(START, END, ALPHA)
    yield results.sector_gaps(alpha=ALPHA)
    yield results.typical_change("2022-03-20", END, ALPHA)
    yield results.variance_budget()
    yield results.residuals()
    yield results.loo(ALPHA)
    yield results.trend(dates=DATES, alpha=ALPHA)
    yield results.draws(3, rng(), dates=DATES).level
    yield results.posterior_predictive_check(20, rng())
    yield results.diagnostics()


def list_effects():
    effects = {"events": EVENTS, "covariates": ("mode",)}
    model = PollTrend(read_polls(), priors=Priors(tau=0.4), **effects)
    results = model.fit()
    yield results.events(ALPHA)
    yield results.covariates(ALPHA)
    yield model.confounding()
    yield results.trend(dates=DATES, alpha=ALPHA)
    yield results.change("2022-06-01", "2022-06-10", ALPHA)
    yield results.get_prediction(pd.read_csv(STORED / "coming.csv"), ALPHA).summary_frame()
    yield results.summary(alpha=ALPHA)
    check = qs.check_events(fit(), EVENTS, n_placebo=30, keep_away_days=10, alpha=ALPHA)
    yield vars(check)


def list_parts():
    results = CompositionTrend(read_polls()).fit()
    yield results.hyperparameters(ALPHA)
    yield results.params
    yield results.bse
    yield results.conf_int(ALPHA)
    for measure in results.measures:
        yield results.change("2022-03-10", END, measure, ALPHA)
        yield results.house_levels(measure, END, "sectors", ALPHA)
        yield results.prob_above(50, END, measure, "ash")
    for part in results.answers:
        yield results.sector_gap(part=part, alpha=ALPHA)
    yield results.house_effects("against", "elm", ALPHA)
    yield results.house_difference("ash", "fir", alpha=ALPHA)
    yield results.house_difference("ash", "fir", "against", END, ALPHA)
    yield results.house_levels(houses=["ash", "oak"], alpha=ALPHA)
    yield results.house_spread(END, ALPHA, min_polls=5)
    yield results.variance_budget("against")
    yield results.variance_budget()
    yield results.tables_on(DATES, "fir", ALPHA)
    yield results.forecast(2)
    yield results.get_forecast(3, "houses", "against", ALPHA).summary_frame()
    yield results.get_prediction(read_polls().tail(3), "against", ALPHA).summary_frame()
    new = read_polls().tail(3).assign(house_id=["new", "newer", "ash"])
    new = new.assign(sector=["state", "independent", "state"])
    yield results.get_prediction(new, "for", ALPHA).summary_frame()
    yield results.residuals()
    yield results.simulate(2, rng())
    yield results.draws(2, rng(), "houses", DATES).level
    yield results.diagnostics()
    yield results.summary("sectors", ALPHA)
    yield CompositionTrend(read_polls()).compare_drift()


def list_parties():
    names = ["red", "blue", "green", "small"]
    polls = pd.read_csv(STORED / "parties.csv", parse_dates=["start_date", "end_date"])
    results = CompositionTrend(polls, names).fit()
    days = ["2026-03-01", "2026-06-01"]
    yield results.hyperparameters(ALPHA)
    yield results.conf_int(ALPHA)
    yield results.params
    for name in names:
        yield results.change(*days, name, ALPHA)
        yield results.house_effects(name, "ash", ALPHA)
    yield [results.prob_above(32, days[1], "red"), results.prob_above(32, days[1], "blue", "elm")]
    yield results.election("2026-07-05", threshold=5, coalitions={"left": ["red", "green"]})
    yield results.election("2026-07-05", reference="elm", common_error=0, alpha=ALPHA)
    yield results.forecast(2)
    yield results.get_forecast(2, "houses", "green", ALPHA).summary_frame()
    yield results.get_prediction(part="small", alpha=ALPHA).summary_frame()
    yield results.residuals()
    yield results.simulate(2, rng())
    yield results.draws(2, rng(), "houses", days).level
    yield results.diagnostics()
    yield results.summary("fir", ALPHA)
    # Of houses never seen: without sectors, of one of two, and of one that is the only one.
    of_two = polls["house_id"].isin(["ash", "elm"]).map({True: "state", False: "independent"})
    coming = polls.tail(3).assign(house_id=["new", "newer", "ash"])
    for sector in (None, "state", of_two):
        placed = polls if sector is None else polls.assign(sector=sector)
        smooth = CompositionTrend(placed, names).smooth({"tau": 0.3, "omega": 1.0, "sigma_h": 2.0})
        new = coming.assign(sector=["state", "independent", "state"])
        yield smooth.get_prediction(new, "red", ALPHA).summary_frame()
    yield refuse(smooth.get_prediction, coming.assign(sector=np.nan), "red")
    yield smooth.get_prediction(coming.assign(sector="army"), "red", ALPHA).summary_frame()


def list_who():
    results = fit_who(CELLS, POPULATION)
    yield results.share(alpha=ALPHA)
    yield results.share("sex", ALPHA)
    yield results.share("age_group", ALPHA, standardised=True)
    yield results.share("tv_source", ALPHA)
    yield results.gap("age_group", "60+", "18-29", ALPHA)
    yield results.gap("settlement", "urban", "rural", ALPHA, standardised=True)
    yield results.change(alpha=ALPHA)
    yield results.change(by="sex", a="female", alpha=ALPHA)
    yield results.change(by="sex", a="female", b="male", alpha=ALPHA)
    yield results.hyperparameters(ALPHA)
    yield results.poststratified(ALPHA)
    yield results.compare_weighted()
    yield results.compare_weighted("sex")
    yield results.diagnostics()
    yield results.summary(ALPHA)
    yield results.support("sex", ALPHA)
    unasked = CELLS.assign(tv_source="not_asked").groupby(list(CELLS)[:7], as_index=False)
    silent = fit_who(unasked.sum(), POPULATION)
    yield silent.summary(ALPHA)
    yield silent.compare_weighted()
    yield refuse(silent.share, "tv_source")
    yield simulate_who(1, 1, rng=rng()).cells
    for sizes in ((0, 1), (1, 0)):
        yield refuse(simulate_who, *sizes, rng=rng())
    world = simulate_who(2, 60, days_between=90, rng=rng())
    yield from (world.cells, world.population, world.truth)
    for outcome in ("opposition", "no_answer", "undecided", "refused"):
        results = fit_who(CELLS, POPULATION, outcome=outcome)
        yield results.share(alpha=ALPHA)
        yield refuse(results.support)


def list_lists():
    frame = pd.read_csv(STORED / "list.csv")
    columns = {"direct": "direct", "weights": "weight"}
    for truthful in ("yes", "no"):
        yield le.list_estimates(frame, 4, truthful_answer=truthful, alpha=ALPHA, **columns)
        yield le.list_placebos(frame, 4, truthful_answer=truthful, alpha=ALPHA, **columns)
    yield le.list_estimates(frame, 4, rng=rng(), n_draws=30, direct="direct")
    yield le.list_type_shares(frame, 4)
    yield le.list_type_shares(frame, 4, weights="weight")
    yield le.design_effect_test(frame, 4)
    yield le.design_effect_test(frame, 4, gms=False, weights="weight")
    for method in ("linear", "nls"):
        found = le.list_regression(frame, 4, ["age", "sex"], method=method, weights="weight")
        yield found.table(ALPHA)
        yield [found.log_likelihood, found.covariance]
    yield le.simulate_list(6, 3, 0.4, rng(), false_yes=0.2, false_no=0.3, design_effect=0.5)
    published = pd.DataFrame(
        {
            "study": ["A", "B", "C"], "kind": ["list", "list", "crosswise"],
            "construct_id": "support", "direct_pct": [70.0, 68.0, 75.0],
            "indirect_pct": [60.0, None, 66.0], "gap_points": [None, 8.0, 9.0],
            "se": [None, 2.5, None], "gap_low": [None, None, 3.0], "gap_high": [None, None, 15.0],
            "n": [1500, 900, 2000],
        }
    )  # fmt: skip
    columns = list(le.published.COLUMNS)
    yield le.published_gaps(published.reindex(columns=columns), item_sd=1.2, alpha=ALPHA)


def list_questions():
    polls = read_polls().assign(question_id=lambda p: p["house_id"] + "." + p["mode"])
    yield qs.wording_effects(polls, covariates=["mode"], alpha=ALPHA)
    yield qs.wording_effects(polls, covariates=["mode"], pole="against", question_effects=False)
    yield qs.explained_spread(polls, covariates=["mode"])
    yield qs.within_house_changes(polls, alpha=ALPHA)
    yield qs.take_pole(polls, "against").head(4)
    yield qs.take_opinion_holders(polls).head(4)
    yield [qs.choose_model(polls), qs.choose_model(polls, polls_for_drift=80)]
    pairs = pd.DataFrame(
        {
            "experiment_id": ["one", "one", "two"], "answer": ["for", "for", "against"],
            "share_a_pct": [70.0, 66.0, 21.5], "share_b_pct": [63.0, 64.0, 26.0],
            "n_a": [900, 500, 1200], "n_b": [800, 510, 1100], "decimals_a": [0, 0, 1],
            "design_effect_a": [1.0, 1.5, None], "n_parts_b": [1, 2, 1],
            "assignment": ["random", "random", "same_survey"],
        }
    )  # fmt: skip
    differences = qs.arm_differences(pairs, correlation=0.3, alpha=ALPHA)
    yield differences
    yield qs.arm_differences(pairs, design_effect=1.8)
    yield qs.pool_differences(differences, alpha=ALPHA)
    splits = pd.DataFrame(
        {
            "poll_id": ["p1", "p1", "p2", "p2"], "house_id": ["a", "a", "b", "b"],
            "dimension": "sex", "level": ["female", "male"] * 2,
            "mid_date": ["2022-03-10", "2022-03-10", "2022-05-10", "2022-05-10"],
            "for_pct": [60.0, 70.0, 57.5, 69.0], "against_pct": [30.0, 20.0, 33.0, None],
            "base_n": [400, 500, 380, 610], "design_effect": [1.0, 1.4, None, 2.0],
        }
    )  # fmt: skip
    yield qs.split_trends(splits, "sex", alpha=ALPHA)
    yield qs.split_gaps(splits, "sex", "male", "female", alpha=ALPHA)
    yield qs.split_gaps(splits, "sex", "female", "male", value="against_pct")


def list_sensitivity():
    results = fit()
    yield se.house_ratios(results, least_polls=4, threshold=55, alpha=ALPHA)
    yield se.tipping_table(results, 58, END, silent=se.Silent(20, 30), alpha=ALPHA)
    yield se.tipping_table(results, references=["ash", "houses"])
    yield se.describe_assumptions(results, "houses", 50, se.Silent(0, 0))
    yield se.describe_assumptions(results, "ash", 60, se.Silent(15, 50))
    yield [np.round(end, 6) for end in se.manski_bounds([55, 80], [10, 30], [0, 12])]
    yield np.round(se.response_ratio([55, 80, 50], 60), 6)
    yield np.round(se.tipping_point([55, 80, 50], 45, se.Silent(10, 30)), 6)
    cells = CELLS.assign(weight_sum=CELLS["n"] * 1.1)
    yield se.refuser_band(cells, [-1, 0, 1.5], alpha=ALPHA)
    yield se.refuser_band(cells, [-0.5], impute=["refused", "undecided"], factor_sd=0.5, cell_sd=1)
    past, known = pd.read_csv(STORED / "past.csv"), pd.read_csv(STORED / "elections.csv")
    yield vars(se.past_errors(past, known, days=18, alpha=ALPHA))


def list_claims():
    polls = read_polls()
    yield claim(polls, 63, "2022-06-30", reference="sectors", alpha=ALPHA, method="map")
    yield claim(polls, 66, "2022-05-20", date="2022-05-01", common_error=4, drift=True)
    yield as_of_history(polls, ["2022-04-30", "2022-06-30"], alpha=ALPHA, method="map")
    yield as_of_history(polls, ["2022-06-30"], reference="ash", target="2022-04-01")


def list_scores():
    few = read_polls()
    few = few[few["house_id"].isin(["ash", "fir", "yew"])].head(14)
    rows = ev.backtest(few, ["plug_in", "last_of_house", "mean_of_house", "last_60_days"])
    yield rows
    yield ev.average_scores(rows, ["model", "house_id"])
    yield ev.compare_models(rows, "plug_in")
    yield ev.choose_model(rows, ["last_of_house", "plug_in"])
    yield ev.count_pit(rows)
    yield ev.describe_targets(few)
    yield ev.dispersion_by_house(read_polls())
    yield ev.find_floor(fit())
    yield ev.check_calibration(PollTrend(few), 4, seed=2, alpha=ALPHA)
    simulated = ev.simulate_polls(PollTrend(few), rng())
    yield {name: value for name, value in vars(simulated).items() if name != "model"}
    answered = ev.simulate_answers(PollTrend(few), rng())[0].observations.polls
    yield answered[["house_id", "share_pct", "sampling_var"]]


def list_findings():
    polls = simulate_polls(rng(), 40, 1400, houses="abcd", sectors=SECTORS)
    polls = polls.assign(
        poll_id=polls.index.astype(str), mid_date=polls["start_date"], for_pct=polls["share_pct"],
        against_pct=(0.7 * (100 - polls["share_pct"])).round(), available_from=polls["end_date"],
        question_id=polls["house_id"], instrument=polls["house_id"],
    )  # fmt: skip
    names = [
        {
            "house_id": house,
            "sector": SECTORS[house],
            "name": house.upper(),
            "name_ru": "",
            "name_uk": "",
        }
        for house in "abcd"
    ]
    source = FittedPolls({"houses": pd.DataFrame(names)}, lambda construct: polls)
    for topic in ("support", "houses", "claim", "opinion"):
        yield findings(source, [topic]).dropna(axis=1, how="all")
    yield opinion_polls(read_polls()).head(9)
    results = source.results()
    yield find_extremes(source.obs(), results.house_effects())
    yield state_gaps(source)
    yield claims_at(source, 60.0)
    yield support_sensitivity(source)
    yield name_span(pd.Timestamp("2022-03-01"), pd.Timestamp("2022-04-30"))


def list_present():
    """What notebooks show: tables for readers, summaries, draws for ArviZ, pictures."""
    results = fit()
    summary = results.summary("sectors", ALPHA)
    yield from (summary.as_html(), summary.as_latex(), summary.as_csv())
    shown = show_table(results.sector_gaps(alpha=ALPHA), signed=["mean"])
    yield from (repr(shown), shown._repr_html_())
    odd = {"day": pd.to_datetime(["2022-03-01", None]), "n": [1200, 7], "x": [-0.04, 12.345]}
    odd |= {"is_so": [True, False], "text": ["<a & b>", None], "p": [0.5, np.nan]}
    yield repr(show_table(pd.DataFrame(odd, index=["one", "two"])))
    yield show_table(pd.DataFrame(odd), signed=["x"])._repr_html_()
    for made in (results, CompositionTrend(read_polls()).fit()):
        inferred = made.to_inference_data(5, rng())
        # Since ArviZ 1 it is a DataTree of xarray.
        groups = inferred.groups() if callable(inferred.groups) else list(inferred.children)
        for group in groups:
            for name, values in inferred[group].data_vars.items():
                told = [f"{float(value):.6g}" for value in values.to_numpy().ravel()[:3]]
                yield f"{group} {name} {dict(values.sizes)} {told}"
    drawn = (results.plot_trend, results.plot_houses, results.plot_residuals)
    for plot in drawn:
        yield list_artists(plot().figure)
    yield list_artists(results.plot_trend("ash", palette=("red", "blue"), credit="By us").figure)
    yield list_artists(results.plot_diagnostics())
    plt.close("all")
    found = pd.DataFrame(
        {
            "finding": ["fight_on.panel", "support.house.levada", "claim.state", "parts.support.x"],
            "topic": "x", "panel": ["levada,vciom", "levada", "", None],
            "house_id": [None, "levada", None, None],
            "unit": ["points", "percent", "percent", "ratio"],
            "mean": [-16.46, 70.04, 75.0, 1.315], "lower": [-19.7, 66.0, 66.04, np.nan],
            "upper": [-12.96, 73.96, 85.0, np.nan],
            "start": pd.to_datetime(["2022-08-01", "2022-04-01", None, "2022-12-15"]),
            "start_until": pd.to_datetime(["2022-09-30", "2022-05-31", None, "2023-01-14"]),
            "end": pd.to_datetime(["2025-03-01", "2025-03-05", "2022-04-18", "2025-03-01"]),
            "end_until": pd.to_datetime(["2026-02-28", "2025-03-05", "2022-04-18", "2025-03-31"]),
        }
    )  # fmt: skip
    named = {"levada": "Levada Center", "vciom": "VCIOM", "call_up": "Call-up"}
    yield show_findings(found, named)
    further = ["claim.one_sided.state", "claim.insincere.levada", "event.support.call_up", "made"]
    yield show_findings(found.assign(finding=further), named)
    yield [signed(value) for value in (-0.04, 0.04, -12.34, 5.0)]
    yield [whole(value) for value in (-0.4, 0.4, 12.5, -7.6)]
    yield [say_direction(*ends) for ends in ((-2, -1), (1, 2), (-1, 1), (0, 1), (1, 3, 2))]


def list_artists(fig):
    """Lines, dots, areas and words of a picture."""
    told = []
    for ax in fig.axes:
        told.append(f"axes {ax.get_title()} | {ax.get_xlabel()} | {ax.get_ylabel()}")
        told += [f"limits {ax.get_xlim()[0]:.5g} {ax.get_xlim()[1]:.5g}"]
        for line in ax.lines:
            ends = np.asarray(line.get_xydata(), float)
            told.append(f"line {line.get_color()} {line.get_linestyle()} {line.get_marker()}")
            told += [f"{len(ends)} of {ends.mean(axis=0).round(4) + 0.0}"] if len(ends) else []
        for marks in ax.collections:
            corners = [path.vertices for path in marks.get_paths()]
            told.append(f"marks {len(marks.get_offsets())} {np.concatenate(corners).shape}")
            told.append(f"{np.asarray(marks.get_offsets(), float).mean(axis=0).round(4) + 0.0}")
        for text in ax.texts:
            places = [text.get_position(), getattr(text, "xy", text.get_position())]
            told.append(f"text {text.get_text()} {np.asarray(places, float).round(3) + 0.0}")
        told.append(f"sides {[name for name, side in ax.spines.items() if side.get_visible()]}")
        told += [f"bars {len(ax.patches)} of {patch.get_width():.5g}" for patch in ax.patches[:1]]
    return told


def list_forecasts():
    polls = read_polls()
    polls = polls[polls["house_id"].isin(["ash", "elm"])]
    made = ev.make_forecasts(polls, "support", "2023-01-01", "2022-07-20")
    yield made.drop(columns="polls")
    registry, n_new = ev.add_forecasts(None, made)
    yield [n_new, ev.add_forecasts(registry, made.assign(mean=1.0))[1]]
    seen = polls.assign(poll_id=polls["poll_id"])
    scores = ev.score_forecasts(registry, lambda construct: seen)
    yield scores
    days = ["2022-02-27", "2022-04-10", "2022-05-02", "2022-10-20", "2023-06-01", "2024-01-10"]
    rows = [
        (house, day, 66 + [4, -3, 1][k] - 2 * place + (place + k) % 3)
        for k, house in enumerate("abc")
        for place, day in enumerate(days)
    ]
    three = pd.DataFrame(rows, columns=["house_id", "start_date", "share_pct"])
    three = three.assign(end_date=three["start_date"], sample_size=1000, against_pct=20.0)
    three = three.assign(
        design_effect=1.4, for_pct=three["share_pct"], instrument=three["house_id"],
        sector=three["house_id"].map({"a": "state", "b": "independent", "c": "independent"}),
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        few = {"excess": "common", "walk": "constant", "scale": "percent", "share": "all"}
        for name, only in few.items():
            patched.setitem(ev.CHOICES, name, (only,))
        specified = ev.multiverse(three)
    yield specified.drop(columns=list(ev.CHOICES)).describe().T
    yield specified.head(12)
    yield ev.summarise_multiverse(specified)
    yield refuse(ev.summarise_multiverse, specified.assign(change=np.nan))
    yield ev.explain_variance(specified, ev.OUTCOMES[0])
    scored = pd.DataFrame(
        [
            (series, horizon, model, f"{series}{k}", 60.0, 60 + off * (-1) ** k, off * (1 + k / 9),
             -2.0 - k / 5, (0.31 * k + off / 7) % 1, k == 5)
            for series in ("support", "talks")
            for model, off in (("published", 1.0), ("last_of_house", 2.3))
            for horizon in ("next", "12m")
            for k in range(6)
        ],
        columns=["series", "horizon", "model", "poll", "observed", "mean", "crps", "log_score",
                 "pit", "is_new"],
    )  # fmt: skip
    summary = ev.summarise_backtest(scored, dict.fromkeys(("support", "talks"), three))
    yield summary.drop(columns="polls")
    facts = ev.how_good(summary, scores, 3)
    yield facts
    yield ev.say_how_good(facts)


def refuse(call, *given, **named):
    """What an error says, also once it has travelled to another process."""
    with pytest.raises(Exception, match=r".") as caught:
        call(*given, **named)
    error = caught.value
    if hasattr(error, "cure"):
        error = pickle.loads(pickle.dumps(error))
    return f"{type(error).__name__}: {error}"


def stop_run():
    raise RunError("no worker", "start one")


def list_refused_trends():
    """What hardly anybody asks for wrongly, and answers of almost nothing."""
    polls, results, few = read_polls(), fit(), read_polls().head(1)
    undated = polls.drop(columns="end_date")
    for size in (0.9, 1e11):
        yield refuse(PollTrend, polls.assign(sample_size=size))
    yield len(PollTrend(polls.head(2).assign(sample_size=[1.0, 1e10])).observations.polls)
    for start in (("2022-04-30", "2022-04-01"), ("2022-04-01", "2022-04-02", "2022-04-03")):
        yield refuse(results.change, start, END)
    yield refuse(results.change, "soon", END)
    for steps in (0, "2022-01-01", True):
        yield refuse(results.forecast, steps)
    yield refuse(results.get_prediction, polls.drop(columns="house_id"))
    yield refuse(results.trend, "nobody")
    yield refuse(results.trend, {"ash": 1.0, "oak": -1.0})
    yield refuse(results.contrast, {"ash": 1.0, "oak": -0.9})
    yield refuse(results.conf_int, 1.0)
    yield refuse(results.prob_above, 100.5, END)
    student = PollTrend(polls, errors="student")
    yield refuse(student.error_variance, {"tau": 1.0, "omega": 1.0})
    yield refuse(PollTrend, polls, covariates=["~ mode", "mode"])
    yield refuse(published_by, undated, END)
    anchors = pd.DataFrame({"day": ["2022-04-01"], "value": 60.0, "sd": 1.0})
    yield refuse(claim, polls, 60, END, anchors=anchors)
    yield [round_half_up(value) for value in (np.inf, -np.inf, 2.5)]
    yield refuse(stop_run)
    yield refuse(PollTrend(few).fit, "guess")
    yield refuse(results.plot_trend, palette="red")
    yield refuse(ev.backtest, polls, ["published", "static", "guess"])


def list_refused_parts():
    polls = read_polls()
    yield refuse(CompositionTrend, polls, errors="student")
    yield refuse(CompositionTrend, polls, ["for", "against", "undecided"], drift=True)
    yield refuse(CompositionTrend, polls, ["for", "for"])
    sizes = {name: {"for": 0.4, "against": 0.3} for name in ("tau", "omega", "sigma_h", "shock")}
    given = {**sizes, "rho_x": -0.5, "rho_h": -0.3}
    for wrong in ({"tau": 1.0}, {"rho_x": None}, {"rho_x": 1.0}, {"rho_h": -1.0}):
        yield refuse(CompositionTrend(polls).smooth, given | wrong)
    yield refuse(CompositionTrend(polls).smooth, given | {"tau": {"for": 0.0, "against": 0.3}})
    yield refuse(CompositionTrend(polls).fit, "map")
    summed = polls.assign(n_parts=1, for_n_parts=2, against_n_parts=np.nan)
    yield CompositionTrend(summed).smooth(given).trend().head(3)
    calming = CompositionTrend(polls, walk="calming", calm_from="2022-03-20", calm_days=30)
    yield calming.smooth(given).summary().as_text()
    lone = polls.assign(against_pct=polls["against_pct"].where(polls["house_id"] != "ash"))
    some = CompositionTrend(lone).smooth(given)
    for reference in ("houses", "sectors", "sector:state", "elm"):
        yield some.trend(reference).head(3)
        yield some.summary(reference).as_text().splitlines()[:12]
    yield refuse(some.trend, "ash")
    names = ["red", "blue", "green", "small"]
    several = pd.read_csv(STORED / "parties.csv", parse_dates=["start_date", "end_date"])
    shares = [f"{name}_pct" for name in names]
    model = CompositionTrend(several, names)
    smooth = model.smooth({"tau": 0.3, "omega": 1.0, "sigma_h": 2.0})
    yield [model.param_names, smooth.params, model.loglike([0.3, 1.0, 2.0])]
    yield refuse(model.fit, "map")
    yield refuse(model.smooth, [0.3, 1.0, 0.0])
    rest = 100 - several[shares[1:]].sum(axis=1)
    whole = CompositionTrend(several.assign(red_pct=rest), names)
    whole = whole.smooth({"tau": 0.3, "omega": 1.0, "sigma_h": 2.0})
    yield whole.trend().head(4)
    yield whole.simulate(2, rng())
    yield whole.get_prediction(several.tail(2), "red").summary_frame()
    yield refuse(CompositionTrend, several.assign(**dict.fromkeys(shares, 30.0)), names)
    empty = several.copy()
    empty.loc[3, shares] = np.nan
    yield refuse(CompositionTrend, empty, names)
    yield refuse(CompositionTrend, several.assign(red_pct=np.nan), names)
    yield refuse(CompositionTrend, several.assign(sample_size=np.nan, sampling_var=2.0), names)
    yield refuse(CompositionTrend, several, [*names, "rest"])
    yield refuse(smooth.get_prediction, "polls")
    yield refuse(smooth.get_prediction, several.head(0))
    yield refuse(smooth.get_prediction, several.drop(columns="house_id"))
    yield refuse(smooth.get_prediction, several.assign(start_date="2021-01-01"))
    yield refuse(smooth.election, "2026-01-01")
    yield refuse(smooth.election, "2026-09-13", coalitions={"left": ["red", "red"]})


def list_refused_others():
    polls = read_polls()
    yield refuse(fit_who, CELLS, POPULATION.head(0))
    yield refuse(fit_who, CELLS.assign(tv_source=""), POPULATION)
    young = POPULATION["age_group"].replace("18-29", "young")
    yield refuse(fit_who, CELLS, POPULATION.assign(age_group=young))
    yield refuse(fit_who, CELLS, POPULATION[2:])
    yield refuse(Term, ("sex",), over_time="weekly")
    frame = pd.read_csv(STORED / "list.csv")
    yield refuse(le.list_estimates, "frame", 4)
    yield refuse(le.list_estimates, frame.head(0), 4)
    yield refuse(le.list_regression, frame, 4, ["age"], missing="guess")
    yield refuse(le.list_regression, frame.assign(age=1.0), 4, ["age"], method="linear")
    told = frame["treatment"] * frame["age"]
    yield refuse(le.list_regression, frame.assign(age=told), 4, ["age"], method="linear")
    yield refuse(le.list_regression, frame, 4, ["age"], method="guess")
    yield refuse(le.list_regression, frame, 4, ["age"], control="guess")
    yield le.list_estimates(frame.assign(treatment=frame["treatment"] == 1), 4)
    few_answers = pd.concat([frame[frame["treatment"] == arm].head(3) for arm in (0, 1)])
    yield refuse(le.list_estimates, few_answers, 4, direct="direct", rng=rng(), n_draws=200)
    dated = polls.assign(mid_date=polls["start_date"])
    yield refuse(qs.paired_change, dated, dated, START, START)
    yield refuse(qs.take_opinion_holders, polls.assign(against_pct=np.nan))
    yield refuse(qs.split_trends, "splits", "sex")
    yield refuse(qs.take_pole, polls.drop(columns="against_pct"), "against")
    yield refuse(se.past_errors, pd.read_csv(STORED / "past.csv").head(0), pd.DataFrame())


def spoil(frame, column, *values):
    """The frame with other values in its first rows."""
    spoilt = frame.reset_index(drop=True).astype({column: object})
    spoilt.loc[: len(values) - 1, column] = list(values)
    return spoilt


def list_first_of_several():
    """Of several rows at fault a message tells what stands in the first, and names the others."""
    polls, parts, names = read_polls(), CompositionTrend, ["red", "blue", "green", "small"]
    several = pd.read_csv(STORED / "parties.csv", parse_dates=["start_date", "end_date"])
    given = {"tau": 0.3, "omega": 1.0, "sigma_h": 2.0}
    early = several.head(2).assign(start_date=["2021-01-01", "2021-03-01"])
    early = early.assign(end_date=early["start_date"])
    yield refuse(parts(several, names).smooth(given).get_prediction, early)
    yield refuse(parts, spoil(several, "red_pct", 80.0, 90.0), names)
    yield refuse(parts, spoil(polls, "against_pct", 70.0, 80.0))
    yield refuse(PollTrend, spoil(polls, "house_id", "houses", "sectors"))
    yield refuse(PollTrend, spoil(polls, "start_date", END, "2022-12-01"))
    model = fit(covariates=("mode",))
    yield refuse(model.get_prediction, spoil(polls.tail(3), "mode", "fax", "post"))
    shares = spoil(polls, "share_pct", 0.61, 0.6)
    yield prepare_observations(shares).notes
    yield prepare_observations(spoil(polls, "sample_size", 1.6, 1.7)).notes
    yield prepare_observations(spoil(polls, "sample_size", 2e6, 3e6)).notes
    past, known = pd.read_csv(STORED / "past.csv"), pd.read_csv(STORED / "elections.csv")
    yield refuse(se.past_errors, spoil(past, "election", "never", "nowhere"), known)
    yield refuse(se.past_errors, spoil(past, "end_date", "2029-01-01", "2029-02-01"), known)
    yield refuse(se.past_errors, past, pd.concat([known, known.tail(2)]))
    counts = CELLS.assign(weight_sum=CELLS["n"] * 1.0)
    yield refuse(se.refuser_band, spoil(counts, "n_for", 900, 901), [0])
    yield refuse(fit_who, spoil(CELLS, "sex", "x", "y"), POPULATION)
    yield refuse(fit_who, spoil(CELLS, "tv_source", "x", "y"), POPULATION)
    frame = pd.read_csv(STORED / "list.csv")
    yield refuse(le.list_estimates, spoil(frame, "count", 8, 9), 4)
    yield refuse(le.list_estimates, spoil(frame, "count", 5, 6, 5), 4)
    yield refuse(le.list_regression, spoil(frame, "age", "old", "young"), 4, ["age"])
    rates = {"house_id": "a", "study": ["A", "B"], "field_start": "2022-03-01", "notes": ""}
    rates |= {"field_end": "2022-03-02", "mode": "cati", "measure": "response_rate", "period": ""}
    rates |= {"unit": "percent", "definition": "", "source_id": "s", "value": [101.0, 102.0]}
    yield refuse(se.response_rates, pd.DataFrame(rates))


def list_first_named():
    """Of several names at fault a message tells the first: columns, labels, options, houses."""
    polls, names = read_polls(), ["red", "blue", "green", "small"]
    known = prepare_observations(polls)
    yield refuse(reference_weights, known, "ash=1,oak=2,oak=1,ash=3")
    yield refuse(reference_weights, known, "houses:zed,ash,nobody")
    yield refuse(contrast_row, known, {"zed": 1.0, "nobody": -1.0})
    yield refuse(PollTrend, pd.concat([polls, polls[["mode", "sector"]]], axis=1))
    days = ["2022-04-01", "2022-05-01", "2022-05-01", "2022-04-01"]
    yield refuse(PollTrend, polls, events=days)
    anchors = pd.DataFrame({"date": days[:3], "value": [60.0, 100.0, 0.0], "sd": 2.0})
    yield refuse(PollTrend, polls, anchors=anchors, scale="logit")
    yield refuse(PollTrend, polls, anchors=anchors[["value"]])
    yield refuse(fit().get_prediction, polls[["end_date"]])
    yield refuse(ev.backtest, polls, ["guess", "published", "other"])
    yield refuse(ev.score_forecasts, polls, str)
    sides = spoil(polls.astype({"for_pct": object}), "for_pct", 0.0, 90.0)
    yield refuse(_read_sides, spoil(sides, "against_pct", 0.0, 20.0))
    blank = spoil(polls.assign(series_id="a"), "series_id", "a", "", "")
    yield refuse(ev.SeriesTable, lambda: [blank])
    yield refuse(show_table, polls, signed=["points", "gap"])
    several = pd.read_csv(STORED / "parties.csv", parse_dates=["start_date", "end_date"])
    yield refuse(CompositionTrend, several, names, walk="calming", scale="logit")
    yield refuse(CompositionTrend, polls, scale="logit", errors="student")
    yield refuse(CompositionTrend, polls, ["undecided", "net"])
    yield refuse(CompositionTrend, polls[["end_date", "for_pct"]])
    yield refuse(CompositionTrend, spoil(polls.assign(base=""), "base", "most", "some"))
    yield refuse(se.response_rates, polls)
    yield refuse(se.refuser_band, polls, [0])
    yield refuse(se.refuser_band, CELLS.assign(weight_sum=1.0), [0], impute=("all", "some"))
    yield refuse(se.response_ratio, np.array([20.0, 101.0, 102.0]))
    yield refuse(qs.split_trends, polls, "sex")
    yield refuse(qs.arm_differences, polls)
    yield refuse(fit_who, CELLS, POPULATION[["settlement"]])
    yield refuse(fit_who, CELLS[["wave"]], POPULATION)
    dated = CELLS.drop(columns="date", errors="ignore").assign(poll_id="p")
    fieldwork = pd.DataFrame({"poll_id": ["p"], "field_start": days[0], "field_end": days[1]})
    yield refuse(fit_who, spoil(dated, "poll_id", "q", "r"), POPULATION, fieldwork)
    yield refuse(fit_who, spoil(CELLS, "n", 900, 901), POPULATION)


def list_first_of_notes():
    """Of several rows that deserve a look a note tells what stands in the first."""
    polls = read_polls()

    def note(frame, words):
        return [told for told in prepare_observations(frame).notes if words in told]

    yield note(pd.concat([polls, polls.iloc[[3, 5]]]), "repeat another row")
    named = polls["poll_id"].tolist()
    twice = polls.assign(poll_id=[*named[3:5], *named[2:]])
    yield note(twice, "several of one poll")
    yield note(spoil(polls, "design_effect", 60.0, 70.0), "a design effect of")
    variances = polls.assign(sampling_var=np.nan)
    yield note(spoil(variances, "sampling_var", 3000.0, 2000.0), "a sampling variance of")
    late = spoil(polls, "start_date", "2099-03-01", "2099-04-01")
    yield note(spoil(late, "end_date", "2099-03-01", "2099-04-01"), "has not come yet")
    known = polls[:2].assign(house_id=["fom", "FOM"])
    coming = known.assign(house_id=["fOm", "fom"], start_date="2021-06-01", end_date="2021-06-02")
    yield find_coming_suspicions(coming, known)
    past = pd.DataFrame({"house_id": list("abcd"), "share_pct": [60.0, 50, 61, 52]})
    past = past.assign(election="r", sample_size=1000.0)
    for shares, results in (
        (past["share_pct"], [0.6, 0.5, 61.0, 52.0]),
        (past["share_pct"] / [100, 100, 1, 1], [60.5, 51.0, 61.0, 52.0]),
    ):
        columns = {str(name): past[name].to_numpy() for name in past}
        columns["share_pct"] = shares.to_numpy()
        yield find_past_suspicions(past, columns, np.array(results))
    listed = pd.read_csv(STORED / "list.csv")
    yield le.find_list_suspicions(spoil(listed, "age", 999.0, 998.0), ["age"])
    heavy = spoil(listed.assign(weight=1.0), "weight", 70.0, 60.0)
    yield le.find_list_suspicions(heavy, [], "weight")
    kinds = CELLS.drop_duplicates(["sex", "age_group", "settlement"])
    yield refuse(fit_who, kinds, POPULATION.drop(index=[0, 5]))
    modes = polls.assign(online=polls["mode"] == "online")
    formula = PollTrend(modes, covariates=["~ mode + online"]).smooth((0.4, 1.0, 2.0))
    yield refuse(formula.get_prediction, polls.drop(columns="mode"))


TOLD = {
    "first_of_notes": list_first_of_notes,
    "first_named": list_first_named,
    "first_of_several": list_first_of_several,
    "refused_trends": list_refused_trends,
    "refused_parts": list_refused_parts,
    "refused_others": list_refused_others,
    "findings": list_findings,
    "present": list_present,
    "forecasts": list_forecasts,
    "trend": list_trend,
    "drift": list_drift,
    "effects": list_effects,
    "parts": list_parts,
    "parties": list_parties,
    "who": list_who,
    "lists": list_lists,
    "questions": list_questions,
    "sensitivity": list_sensitivity,
    "claims": list_claims,
    "scores": list_scores,
}


SOON = ("claims", "effects", "lists", "refused_others", "refused_trends")


def write(found):
    """One answer as text."""
    if isinstance(found, pd.Series):
        found = found.rename("value").to_frame()
    if isinstance(found, pd.DataFrame):
        table = found.to_csv(float_format="%.6g", date_format="%Y-%m-%d")
        return "\n".join(thin(table.splitlines()))
    if isinstance(found, dict):
        return "\n".join(f"{name}: {write(value)}" for name, value in found.items())
    if isinstance(found, np.ndarray):
        return write(pd.DataFrame(np.atleast_2d(found)))
    if isinstance(found, list | tuple):
        return "\n".join(map(write, found))
    return f"{found:.6g}" if isinstance(found, float) else str(found)


@pytest.mark.parametrize(
    "name",
    [
        name
        if name in SOON
        else pytest.param(name, marks=pytest.mark.long("large models or many fits"))
        for name in TOLD
    ],
)
def test_every_column_is_as_stored(name):
    told = [f"[{number}]\n{write(found)}" for number, found in enumerate(TOLD[name](), 1)]
    assert compare_with_stored(f"table_{name}", "\n".join(told) + "\n") == []
