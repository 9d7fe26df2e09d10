"""One fault for each rule of `polls check`: what is done to the tables, and where it must be found.

Each entry: rule, table, row, what is typed instead, column in which it is found; then, where
the finding belongs to another row than the edited one, "table: row". A row is named by some of
its cells as "column=value; column=value"; the first row that has them is meant. A fault may
add a copy of the row after it ("+": cells of the copy) or edit several rows (a list).
"""

LEVADA = "poll_id=levada-2022-04-27"
SUPPORT = f"{LEVADA}; question_id=levada.support_armed_forces; subgroup=all; option="
SVO = "poll_id=chronicles-2022-03-13; question_id=chronicles.support_svo; subgroup=all; option="
COUNTS = "poll_id=chronicles-2023-10-22; question_id=chronicles.dial_counts; option="
WAVE = "wave=02"
CELL = "wave=01; sex=female; age_group=18-29; settlement=urban"
SEEN = "poll_id=levada-2022-03-30; option=rather_support"
ARM = "study=Chronicles wave 11; measure=disposition_"
LIST = "study=Chapkovski and Schaub 2022, LSE blog"
WEEK = "poll_id=vciom-2022-05-08"
PAIR = "poll_id=chicago_levada-2022-03-30"
INVASION = "event_id=invasion"
SCALE = "question_id=levada.support_armed_forces; option="
TABLE = "frame=Rosstat 1 Jan 2022; sex="
TEST = "study=PROPA wave 1 2024"

FAULTS = [
    # keys
    ("duplicate", "events", INVASION, {"event_id": "kyiv_withdrawal"}, "event_id"),
    ("duplicate", "participation", ARM + "complete", {"+": {}}, "study+measure+definition"),
    ("reference", "polls", LEVADA, {"house_id": "lavada"}, "house_id"),
    ("reference", "answers", SUPPORT + "oppose_total", {"option": "opose"}, "question_id+option"),
    # order of rows
    ("poll_order", "polls", LEVADA, {"latest": "2023-04-27"}, "house_id+latest"),
    ("event_order", "events", INVASION, {"date": "2022-03-24"}, "date"),
    ("option_order", "options", SCALE + "hard_to_say", {"question_id": "levada.talks"},
     "question_id"),
    ("answer_order", "answers", SVO + "refuse", {"poll_id": "chronicles-2022-03-30"},
     "poll_id+question_id+subgroup"),
    ("strayed", "answers", SVO + "oppose", {"subgroup": "age:60+"},
     "poll_id+question_id+subgroup+option"),
    # days
    ("day_order", "polls", LEVADA, {"field_start": "2022-04-29"}, "field_start+field_end"),
    ("day_order", "participation", ARM + "complete", {"field_start": "2023-10-23"},
     "field_start+field_end"),
    ("future", "events", INVASION, {"date": "2095-02-24"}, "date"),
    ("precision", "polls", LEVADA, {"field_end": "2022-04-26"}, "date_precision"),
    ("open_end", "polls", LEVADA, {"field_end": ""}, "field_end"),
    ("published_kind", "polls", LEVADA, {"published_kind": ""}, "published+published_kind"),
    ("wide_window", "polls", "poll_id=levada-2022-06", {"earliest": "2022-04-01"},
     "earliest+latest"),
    ("late_publication", "polls", LEVADA, {"published": "2023-04-28"}, "latest+published"),
    ("id_day", "polls", LEVADA, {"latest": "2022-04-26", "field_end": "2022-04-26"},
     "field_end+latest"),
    ("study_days", "participation", ARM + "complete", {"field_end": "2023-10-27"},
     "house_id+field_start+field_end"),
    # habits of houses
    ("field_length", "polls", WEEK, {"field_start": "2022-04-25"}, "field_start+field_end"),
    ("publication_delay", "polls", "poll_id=vciom-2022-08-28", {"published": "2022-11-02"},
     "field_end+published"),
    ("weekday", "polls", WEEK, {"field_start": "2022-05-03"}, "field_start"),
    ("usual_size", "polls", WEEK, {"sample_size": "1600"}, "sample_size"),
    ("usual_mode", "polls", WEEK, {"mode": "f2f"}, "mode"),
    ("same_time", "polls", WEEK, {"field_start": "2022-04-20"}, "field_start+field_end"),
    ("usual_delay", "houses", "house_id=fom", {"publication_delay_days": "15"},
     "publication_delay_days"),
    ("usual_range", "houses", "house_id=fom", {"usual_sample_size": "5100"}, "usual_sample_size"),
    ("margin", "houses", "house_id=fom", {"stated_margin_pct": "6.3"}, "stated_margin_pct"),
    ("no_wave", "houses", "house_id=fom", {"house_id": "form"}, "house_id"),
    ("usual_days", "houses", "house_id=levada", {"usual_field_days": "21-03"}, "usual_field_days"),
    # meaning
    ("half_meant", "constructs", "construct_id=undo", {"for_means": ""}, "for_means+against_means"),
    ("not_measured", "constructs", "construct_id=undo", {"construct_id": "udno"}, "construct_id"),
    ("pole", "options", SCALE + "rather_oppose", {"pole": ""}, "pole"),
    ("pole_without_sides", "options", "question_id=levada.attention", {"pole": "for"}, "pole"),
    ("construct_sides", "questions", "question_id=levada.talks", {"construct_id": "other"},
     "construct_id"),
    ("strength", "options", SCALE + "hard_to_say", {"strength": "weak"}, "pole+strength"),
    ("same_pole", "options", SCALE + "support_total", {"pole": "total_against"}, "pole"),
    ("scale", "options", SCALE + "rather_oppose", {"strength": "strong"}, "pole+strength"),
    ("two_sides", "options", "question_id=vciom.support_smo; option=rather_oppose", {"pole": "for"},
     "pole"),
    ("one_series", "questions", "question_id=levada.talks",
     {"construct_id": "support"}, "in_series"),
    ("series_without_sides", "questions", "question_id=levada.attention", {"in_series": "yes"},
     "in_series"),
    ("quality_reason", "polls", LEVADA, {"quality": "exclude"}, "quality+quality_reason"),
    ("no_answers", "polls", "poll_id=extremescan-2023-06-belgorod",
     {"quality": "use", "quality_reason": ""}, "quality"),
    ("prefix", "polls", LEVADA, {"house_id": "fom"}, "poll_id+house_id"),
    ("asked_by", "answers", SUPPORT + "oppose_total", {"poll_id": "fom-2022-04-17"},
     "poll_id+question_id"),
    ("no_options", "questions", "question_id=levada.talks", {"question_id": "levada.talk"},
     "question_id"),
    # sources and overlaps
    ("unused", "sources", "source_id=levada-ru-808958", {"source_id": "levada-ru-808985"},
     "source_id"),
    ("source_twice", "sources", "source_id=levada-ru-808958",
     {"url": "https://www.levada.ru/en/2023/04/07/conflict-with-ukraine-assessments-for-march-2023/"},
     "url+kind"),
    ("source_kind", "sources", "source_id=levada-ru-808958", {"kind": "secondary"},
     "source_id+kind"),
    ("source_day", "answers", "poll_id=levada-2025-05", {"source_id": "levada-ru-d4d7f6"},
     "source_id+poll_id"),
    ("strayed_source", "answers", SUPPORT + "oppose_total", {"source_id": "kommersant-ru-f5e06f-s"},
     "source_id"),
    ("poll_source", "polls", LEVADA, {"source_id": "levada-ru-dcb482"}, "source_id"),
    ("same_source", "confirmations", SEEN, {"source_id": "levada-ru-1a896e"}, "source_id"),
    ("event_source", "events", INVASION, {"source_id": "levada-ru-808958"}, "source_id"),
    ("pair", "overlaps", PAIR, {"keep": "levada-2022-04-27"}, "keep"),
    ("pair_twice", "overlaps", PAIR,
     {"+": {"poll_id": "levada-2022-03-30", "other_poll_id": "chicago_levada-2022-03-30"}},
     "poll_id+other_poll_id"),
    ("pair_apart", "overlaps", PAIR, {"poll_id": "chicago_levada-2022-11-30"},
     "poll_id+other_poll_id"),
    ("pair_construct", "overlaps", "construct_id=concern", {"construct_id": "escalate"},
     "construct_id+keep"),
    # single percentages
    ("decimals", "answers", SUPPORT + "oppose_total", {"share_pct": "19.4"}, "share_pct+decimals"),
    ("same_in_group", "answers", SVO + "oppose", {"base_n": "857"}, "base_n"),
    ("complete", "answers", SVO + "oppose", {"share_raked_pct": ""}, "share_raked_pct"),
    ("only_recomputed", "answers", SUPPORT + "oppose_total", {"share_raked_pct": "19"},
     "share_raked_pct"),
    ("base", "answers", SUPPORT + "oppose_total", {"base_n": "6116"}, "base_n"),
    ("sample_size", "polls", "poll_id=chronicles-2022-03-13", {"sample_size": "1118"},
     "sample_size"),
    ("small_base", "answers", SVO + "oppose", {"base_n": "75"}, "base_n+doubt"),
    ("derived", "answers", COUNTS + "consent", {"share_pct": "0.524"}, "share_pct+notes"),
    ("derived_from", "answers", COUNTS + "consent", {"notes": ""}, "origin+notes"),
    ("nothing_seen", "confirmations", SEEN, {"poll_id": "levada-2022-01"},
     "poll_id+question_id+option"),
    ("agrees", "confirmations", SEEN, {"seen_pct": "82"}, "seen_pct+agrees"),
    ("confirmed", "answers",
     "poll_id=levada-2022-03-30; question_id=levada.support_armed_forces; option=rather_support",
     {"share_pct": "82"}, "share_pct"),
    ("disagreement", "answers", SUPPORT + "oppose_total", {"doubt": ""}, "doubt"),
    # percentages together
    ("sum", "answers", SVO + "support", {"share_pct": "36.1"}, "share_pct"),
    ("sum", "answers", SVO + "support", {"share_unweighted_pct": "36.54"}, "share_unweighted_pct"),
    ("total", "answers", SUPPORT + "support_total", {"share_pct": "47"}, "share_pct"),
    ("sides", "answers", SUPPORT + "oppose_total", {"share_pct": "91"}, "share_pct",
     f"answers: {SUPPORT}definitely_support"),
    ("weighting", "answers", SVO + "oppose", {"share_pct": "27.2"}, "share_pct"),
    ("fraction", "answers", [SUPPORT + "support_total", SUPPORT + "definitely_support",
     SUPPORT + "rather_support", SUPPORT + "oppose_total"],
     {"share_pct": "0.25", "decimals": "2"}, "share_pct"),
    ("jump", "answers", SVO + "support", {"share_pct": "36.1"}, "share_pct"),
    ("halves", "answers", SVO + "support", {"share_pct": "73.1"}, "share_pct"),
    # studies
    ("value", "participation", ARM + "complete", {"value": "1200.5"}, "value+unit"),
    ("one_study", "participation", ARM + "complete", {"mode": "f2f"},
     "house_id+field_start+field_end+mode"),
    ("consents", "participation", ARM + "interrupted", {"value": "147"}, "value"),
    ("disposition", "participation", ARM + "rejected", {"value": "1377240"}, "value"),
    ("completes", "participation", ARM + "complete", {"value": "2100"}, "value"),
    ("counted", "participation", ARM + "starting_numbers", {"value": "504687"}, "value"),
    ("gap", "indirect", LIST, {"indirect_pct": "35"}, "direct_pct+indirect_pct+gap_points"),
    ("gap_third", "indirect", LIST, {"indirect_pct": ""}, "direct_pct+indirect_pct+gap_points"),
    ("gap_interval", "indirect", LIST, {"gap_low": "51", "gap_high": "18"},
     "gap_points+gap_low+gap_high"),
    ("indirect_size", "indirect", TEST, {"n": "7457"}, "n"),
    # side tables
    ("cell_sum", "cells", CELL, {"n_for": "52"},
     "n+n_for+n_against+n_undecided+n_refused"),
    ("cell_refused", "cells", CELL, {"n_refused": "0"}, "n_refused"),
    ("cell_weight", "cells", CELL, {"weight_sum": "1236.8268"}, "weight_sum"),
    ("cell_poll", "cells", CELL, {"poll_id": "chronicles-2022-03-13"}, "poll_id"),
    ("cell_wave", "cells", CELL, {"wave": "99"}, "wave"),
    ("wave_poll", "microdata_waves", WAVE, {"poll_id": "chronicles-2022-03-30"}, "wave+poll_id"),
    ("wave_sum", "microdata_waves", WAVE, {"n_main": "1118"}, "n_main"),
    ("wave_weight", "cells", CELL, {"weight_sum": "132.68268"}, "wave", "microdata_waves: wave=01"),
    ("wave_order", "microdata_waves", WAVE, {"n_eff": "1969.0"},
     "n_file+n_main+n_positive_weight+n_eff+deff_kish"),
    ("upload_day", "microdata_waves", WAVE, {"first_upload": "2022-03-19"}, "first_upload"),
    ("population", "population", TABLE + "male", {"share_pct": "54.2"}, "share_pct"),
    ("population_range", "population", "share_min_pct=10.02", {"share_min_pct": "99"},
     "share_pct+share_min_pct+share_max_pct"),
    ("event_label", "events", INVASION, {"label_en": "Cruiser Moskva sunk"}, "label_en"),
    ("event_script", "events", INVASION, {"label_ru": "Invasion"}, "label_ru"),
    ("expired", "corrections", "", {"+": {
        "table": "polls", "key": LEVADA, "column": "sample_size", "was": "1600", "now": "1661",
        "reason": "planted", "source_id": "levada-ru-808958", "corrected": "2024-01-01"}},
     "key+now"),
    ("stale", "reviewed", "", {"+": {
        "table": "polls", "key": LEVADA, "rule": "weekday", "reason": "planted",
        "reviewed": "2024-01-01"}}, "table+key+rule"),
    # cells, whatever they mean
    ("required", "events", INVASION, {"label_en": ""}, "label_en"),
    ("type", "events", INVASION, {"date": "2022-02-30"}, "date"),
    ("enum", "polls", LEVADA, {"mode": "phone"}, "mode"),
    ("pattern", "events", INVASION, {"event_id": "The invasion"}, "event_id"),
    ("range", "answers", SUPPORT + "oppose_total", {"share_pct": "-19"}, "share_pct"),
    ("range_above", "answers", SUPPORT + "oppose_total", {"share_pct": "190"}, "share_pct"),
    ("formula", "events", INVASION, {"label_en": "=1+1"}, "label_en"),
    ("blank", "events", INVASION, {"label_en": "Invasion "}, "label_en"),
    ("control", "events", INVASION, {"label_en": "Inva\tsion"}, "label_en"),
]
