"""Rules on the side tables: interviews counted, the population, studies, events, corrections."""

from collections.abc import Iterator

import pandas as pd

from polls.rules.rule import Frames, Rule, is_among, look_up, without_dust
from polls.tables import Finding, cell, find, key_columns, row_keys, say, tables

ANSWERS = ["n_for", "n_against", "n_undecided", "n_refused"]
DIMENSIONS = ["sex", "age_group", "settlement", "federal_district", "education"]
# Raked weights are capped, so that no cell of interviews has a mean weight beyond these.
LEAST_MEAN_WEIGHT, LARGEST_MEAN_WEIGHT = 0.15, 6.0
CORRECTED = ["table", "key", "column"]
CYRILLIC = {"label_en": False, "label_ru": True, "label_uk": True}


def check_cells(frames: Frames) -> Iterator[Finding]:
    """Interviews of a cell are those who answered one way or the other."""
    cells = frames["cells"]
    counted = cells[ANSWERS].astype("float64").sum(axis=1)
    yield from find(
        "cells",
        counted != cells["n"].astype("float64"),
        "n+" + "+".join(ANSWERS),
        "cell_sum",
        lambda line: f"n is {cell(cells, line, 'n')}, the answers are {counted[line]:.0f}.",
        "make the cells again from the microdata.",
    )
    empty = cells["n_refused"].isna()
    by_wave = empty.groupby([cells["wave"], cells["wording_variant"]])
    message = "n_refused is empty in some cells of the wave and filled in others."
    cure = "refusal was offered to all who heard a wording or to nobody."
    # The lesser part of the wave's cells is at fault.
    share = by_wave.transform("mean")
    odd = share.notna() & (empty == (share < 0.5))
    yield from find("cells", odd, "n_refused", "cell_refused", message, cure)
    mean = cells["weight_sum"] / cells["n"].astype("float64")
    yield from find(
        "cells",
        ~mean.between(LEAST_MEAN_WEIGHT, LARGEST_MEAN_WEIGHT) & mean.notna(),
        "weight_sum",
        "cell_weight",
        lambda line: f"a mean weight of {mean[line]:.2f}.",
        "make the cells again from the microdata.",
    )
    usual = cells["wave"].map(cells.groupby("wave")["poll_id"].agg(_most_frequent))
    message = "the other cells of the wave belong to another poll."
    wrong = cells["poll_id"] != usual
    yield from find("cells", wrong, "poll_id", "cell_poll", message, "mend the key.")


def _most_frequent(values: pd.Series) -> object:
    counts = values.value_counts()
    return counts.index[0] if len(counts) else None


def check_waves(frames: Frames) -> Iterator[Finding]:
    """All interviews of a wave stand in its cells, and its poll has as many."""
    waves = frames["microdata_waves"]
    cells, polls = frames["cells"], frames["polls"].drop_duplicates("poll_id").set_index("poll_id")
    main = waves["n_main"].astype("float64")
    counted = look_up(waves["wave"], cells.groupby("wave")["n"].sum().astype("float64"))
    printed = look_up(waves["poll_id"], polls["sample_size"].astype("float64"))
    for table, other in (("cells", counted), ("polls", printed)):

        def tell(line: int, table: str = table, other: pd.Series = other) -> str:
            return f"n_main is {main[line]:.0f}, {table}.csv has {other[line]:.0f}."

        cure = f"count the interviews again, here and in {table}.csv."
        wrong = (main != other) & main.notna() & other.notna()
        yield from find("microdata_waves", wrong, "n_main", "wave_sum", tell, cure)
    weighted = cells["weight_sum"].groupby(cells["wave"]).sum()
    weight = look_up(waves["wave"], weighted)
    yield from find(
        "microdata_waves",
        (weight - counted).abs() > 0.5,
        "wave",
        "wave_weight",
        lambda line: f"its cells have {counted[line]:.0f} interviews and weigh {weight[line]:.1f}.",
        "raked weights add up to the interviews; make the cells again from the microdata.",
    )
    positive = waves["n_positive_weight"].astype("float64")
    file = waves["n_file"].astype("float64")
    product = waves["n_eff"] * waves["deff_kish"]
    wrong = (file < main) | (main < positive) | ((product - positive).abs() > 0.001 * positive)
    message = "n_file >= n_main >= n_positive_weight = n_eff * deff_kish does not hold."
    cure = "count the interviews and weights again."
    column = "n_file+n_main+n_positive_weight+n_eff+deff_kish"
    yield from find("microdata_waves", wrong, column, "wave_order", message, cure)
    of_poll = polls["published"].where(polls["published_kind"] == "upload")
    uploaded = look_up(waves["poll_id"], of_poll)
    wrong = uploaded.notna() & (uploaded != waves["first_upload"])
    message = "first_upload is not the day of publication in polls.csv."
    cure = "read the day of the upload again, here and in polls.csv."
    yield from find("microdata_waves", wrong, "first_upload", "upload_day", message, cure)


def check_cell_polls(frames: Frames) -> Iterator[Finding]:
    """Cells and waves of the microdata name the same poll, and each other."""
    waves, cells = frames["microdata_waves"], frames["cells"]
    usual = cells.groupby("wave")["poll_id"].agg(_most_frequent)
    named = waves["wave"].map(usual)
    message = "the cells of the wave belong to another poll, or there are none."
    cure = "mend wave or poll_id, here or in cells.csv."
    wrong = waves["wave"].notna() & waves["poll_id"].notna() & (waves["poll_id"] != named)
    yield from find("microdata_waves", wrong, "wave+poll_id", "wave_poll", message, cure)
    wrong = ~is_among(cells["wave"], waves["wave"]) & cells["wave"].notna()
    message = "microdata_waves.csv does not know the wave."
    yield from find("cells", wrong, "wave", "cell_wave", message, "mend the wave.")


def check_population(frames: Frames) -> Iterator[Finding]:
    """The shares of one dimension of one frame add up to 100."""
    table = frames["population"]
    kind = pd.Series("", index=table.index)
    for name in DIMENSIONS:
        kind = kind + table[name].notna().map({True: f"{name} ", False: ""})
    by_kind = table.groupby([table["frame"], kind])["share_pct"]
    sums, size = by_kind.transform("sum"), by_kind.transform("size")
    # Shares are printed to one digit, so each may be off by 0.05.
    off = without_dust((sums - 100).abs() - 0.05 * size) > 0
    yield from find(
        "population",
        off,
        "share_pct",
        "population",
        lambda line: f"the shares by {kind[line].strip()} add up to {sums[line]:.1f}.",
        "read the shares again.",
    )
    low, high = table["share_min_pct"], table["share_max_pct"]
    wrong = (low > table["share_pct"]) | (high < table["share_pct"]) | (low.isna() != high.isna())
    message = "the share lies outside its smallest and largest value, or one of them lacks."
    cure = "read the three again."
    column = "share_pct+share_min_pct+share_max_pct"
    yield from find("population", wrong, column, "population_range", message, cure)


def check_events(frames: Frames) -> Iterator[Finding]:
    """No event has the label of another, and each label is in the letters of its language."""
    events = frames["events"]
    for column, wanted in CYRILLIC.items():
        label = events[column]
        wrong = label.duplicated(keep=False) & label.notna()
        message = "another event has the same label."
        yield from find("events", wrong, column, "event_label", message, "tell them apart.")
        wrong = label.notna() & (label.str.contains("[а-яіїєґ]", case=False) != wanted)
        message = "the label is in the letters of another language."
        yield from find("events", wrong, column, "event_script", message, "translate it.")


def check_corrections(frames: Frames) -> Iterator[Finding]:
    """What a correction says now stands in its table; otherwise it has expired."""
    corrections = frames.get("corrections", pd.DataFrame(columns=CORRECTED))
    corrections = corrections.dropna(subset=CORRECTED)
    # Of a cell that was corrected twice, the later correction says what stands there.
    for line, row in corrections.drop_duplicates(CORRECTED, keep="last").iterrows():
        place = int(str(line))
        name, column = str(row["table"]), str(row["column"])
        if name not in tables() or column not in tables()[name].names:
            message = f"there is no column {column} in {name}.csv."
            cure = "mend the names."
            yield Finding("corrections", place, "table+column", "no_column", message, cure)
        elif name in frames:
            rows = _find_rows(frames[name], name, str(row["key"]))
            found = [say(value) for value in rows[column]]
            now = "" if pd.isna(row["now"]) else row["now"]
            if found != [now]:
                stands = ", ".join(found) or "no such row"
                message = f"{row['key']}: {stands}, where the correction says {now!r}."
                cure = "it has expired: look at the row, then mend or remove one of them."
                yield Finding("corrections", place, "key+now", "expired", message, cure)


def _find_rows(frame: pd.DataFrame, name: str, key: str) -> pd.DataFrame:
    """Rows that a correction names, sought among those with the first part of its key."""
    first = key_columns(tables()[name])[0]
    begin = [value for value in frame[first].unique() if key.startswith(f"{first}={say(value)}")]
    near = frame[frame[first].isin(begin)]
    return near[row_keys(tables()[name], near) == key]


def check_houses(frames: Frames) -> Iterator[Finding]:
    """Every house has a wave; its usual days are days of a month."""
    houses = frames["houses"]
    wrong = ~is_among(houses["house_id"], frames["polls"]["house_id"]) & houses["house_id"].notna()
    cure = "mend the spelling, or remove the house."
    yield from find("houses", wrong, "house_id", "no_wave", "the house has no wave.", cure)
    days = houses["usual_field_days"].str.extract(r"(\d+)-(\d+)").astype("float64")
    wrong = (days[0] > days[1]) | (days[1] > 31) | (days[0] < 1)
    message = "these are no days of a month."
    cure = "write first-last, such as 20-28."
    yield from find("houses", wrong, "usual_field_days", "usual_days", message, cure)


SIDE_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("cells",), check_cells),
    (("microdata_waves", "cells", "polls"), check_waves),
    (("microdata_waves", "cells"), check_cell_polls),
    (("population",), check_population),
    (("events",), check_events),
    ((), check_corrections),
    (("houses", "polls"), check_houses),
]
