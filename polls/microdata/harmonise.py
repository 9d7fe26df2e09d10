"""The original files of the Chronicles as one table, by the codebook of the microdata."""

import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd
from pandas.api.types import pandas_dtype

from polls.microdata.code_lists import is_integer, parse_mapping, recode
from polls.microdata.derive import RULES, Source
from polls.microdata.raking import rake

KEYS = {"wave": "str", "respondent_id": "Int64"}
RAKED = re.compile(r"own raking to the margins of frame_margins\.csv, year (\d{4})")
MARGINS = ("sex", "age_group", "federal_district")
DECIMALS = 5  # of the raked weights, as in the table that the project's cells were made from
WHOLE_WAVE = "(whole wave)"
# Only the working have a sector: codes that name another occupation are no error.
PARTIAL = {"sector"}
# The type of settlement was not asked in the two capitals (waves 9 to 15); both are urban.
CAPITALS_URBAN = "Moscow and St Petersburg"


def harmonise(
    raw: Mapping[str, pd.DataFrame],
    codebook: pd.DataFrame,
    waves: pd.DataFrame,
    population: pd.DataFrame,
) -> pd.DataFrame:
    """Make one table of interviews from the original files.

    Parameters
    ----------
    raw : mapping of str to DataFrame
        The file of each wave as `polls.microdata.readers.read_file` reads it: codes in the waves
        1 to 9 (regions as text), codes or texts in the waves 10 to 15.
    codebook, waves, population : DataFrame
        The tables microdata_codebook, microdata_waves and population.

    Returns
    -------
    DataFrame, shape (interviews, columns of the codebook + wave, respondent_id, main_sample)
        One row per interview. `respondent_id` is the number of the row in the source file.
        `main_sample` is 1 where the interview is comparable over time. `weight_raked` is
        computed here, per wave and sample, with mean 1.

    Raises
    ------
    ValueError
        A column is missing, a code is not in the codebook, or a row of the codebook cannot
        be carried out; the message names wave and column.

    See Also
    --------
    polls.microdata.interviews.load_microdata : download and harmonise.
    """
    frames = []
    for wave, frame in raw.items():
        rows = codebook[codebook["wave"] == wave]
        about = waves[waves["wave"] == wave]
        if rows.empty or about.empty:
            raise ValueError(f"The codebook of the microdata does not know the wave {wave!r}.")
        made = _harmonise_wave(wave, frame.reset_index(drop=True), rows, about["wording"].iloc[0])
        frames.append(_add_raked_weight(made, rows, population))
    return _stack(frames, column_types(codebook))


def column_types(codebook: pd.DataFrame) -> dict[str, str]:
    """Columns of the harmonised table and their types, in order.

    Parameters
    ----------
    codebook : DataFrame
        The table microdata_codebook.

    Returns
    -------
    dict of str to str
        str, Int64, float64 or datetime64[us] for each column.
    """
    types = dict(KEYS)
    for row in codebook.drop_duplicates("harmonised_column").itertuples():
        name, text = str(row.harmonised_column), str(row.mapping)
        if text in RULES:
            types[name] = RULES[text].dtype
        elif RAKED.fullmatch(text):
            types[name] = "float64"
        else:
            is_text = row.source_column == WHOLE_WAVE or not is_integer(parse_mapping(text))
            types[name] = "str" if is_text else "Int64"
        if name == "sample":
            types["main_sample"] = "Int64"
    return types


def _harmonise_wave(wave: str, raw: pd.DataFrame, rows: pd.DataFrame, wording: str) -> pd.DataFrame:
    """All columns of one wave but the raked weight."""
    done = pd.DataFrame({"wave": wave, "respondent_id": range(1, len(raw) + 1)}, index=raw.index)
    done["sample"] = "main"
    done["wording_variant"] = wording
    for row in _in_order(rows):
        source = Source(wave, row["source_column"], row["harmonised_column"], raw, done)
        done = done.assign(**{source.name: _make_column(source, row["mapping"])})
        if source.name == "settlement" and CAPITALS_URBAN in str(row["note"]):
            blank = source.values().isna() & done["capital"].isin(["moscow", "spb"])
            done["settlement"] = done["settlement"].mask(blank, "urban")
    first = done["sample"].isin(["main", "A_fresh_rdd"])
    return done.assign(main_sample=first.astype("Int64"))


def _in_order(rows: pd.DataFrame) -> Iterator[dict[Hashable, Any]]:
    """Rows of the codebook, each after the harmonised columns that it is made from."""
    direct = ~rows["source_column"].str.startswith("(") | (rows["source_column"] == WHOLE_WAVE)
    raked = rows["mapping"].str.fullmatch(RAKED)
    for part in (rows[direct], rows[~direct & ~raked]):
        yield from part.to_dict("records")


def _make_column(source: Source, text: str) -> pd.Series:
    if source.column == WHOLE_WAVE:
        return pd.Series(text, index=source.raw.index, dtype="str")
    if text in RULES:
        return RULES[text].run(source)
    where = f"Wave {source.wave}, {source.name} from {source.column}"
    try:
        levels = parse_mapping(text)
    except ValueError as error:
        raise ValueError(f"{where}: the rule {text!r} is not known. {error}") from error
    # Q12 with the codes Q121 and Q122: the codebook writes the name before the code.
    if all(code.startswith(source.column) for code in levels):
        levels = {code.removeprefix(source.column): level for code, level in levels.items()}
    partial = source.name in PARTIAL
    parts = [recode(source.values(column), levels, where, partial) for column in _split(source)]
    if is_integer(levels) and len(parts) > 1:  # several boxes: ticked in any of them
        return pd.concat(parts, axis=1).max(axis=1).astype("Int64")
    result = parts[0]
    for part in parts[1:]:  # halves of the sample: each was asked one of the questions
        result = result.fillna(part)
    return result


def _split(source: Source) -> list[str]:
    """Source columns; a name that stands in the file is one column, whatever it contains."""
    return [source.column] if source.column in source.raw else source.column.split("|")


def _add_raked_weight(
    made: pd.DataFrame, rows: pd.DataFrame, population: pd.DataFrame
) -> pd.DataFrame:
    years = [found[1] for found in map(RAKED.fullmatch, rows["mapping"]) if found]
    if not years:
        return made
    margins = find_margins(population, f"Rosstat 1 Jan {years[0]}")
    weights = [rake(part, margins) for _, part in made.groupby("sample")]
    return made.assign(weight_raked=pd.concat(weights).round(DECIMALS))


def find_margins(population: pd.DataFrame, frame: str) -> dict[str, pd.Series]:
    """Shares of the levels of each margin in one count of the population."""
    rows = population[population["frame"] == frame]
    if rows.empty:
        raise ValueError(f"population.csv has no frame {frame!r}, which the weights need.")
    return {margin: rows[rows[margin].notna()].set_index(margin)["share_pct"] for margin in MARGINS}


def _stack(frames: list[pd.DataFrame], types: dict[str, str]) -> pd.DataFrame:
    """All waves below each other; a column that a wave lacks is missing there."""
    columns = {}
    for name, dtype in types.items():
        parts = [
            frame[name].astype(pandas_dtype(dtype))
            if name in frame
            else pd.Series(None, index=frame.index, dtype=dtype)
            for frame in frames
        ]
        columns[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns)
