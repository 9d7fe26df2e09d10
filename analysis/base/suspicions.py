"""What is allowed in a frame of polls and yet deserves a look, with rows and cure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.columns import DATE_CURE, is_blank, to_days
from analysis.base.errors import MAX_ROWS_NAMED, name_row
from analysis.base.names import find_alike, is_slip, is_summary, names_nobody, skeleton, tell_apart

# Published national polls have some hundred to some ten thousand interviews. Fewer than the
# first are no poll, as thousands written as 1.6; more than the second are a census, an election
# or a slip.
FEW_INTERVIEWS, MANY_INTERVIEWS = 30, 1_000_000
# What a house has in this many other polls is usual there. Sizes that differ eightfold have a
# digit too many or too few; fieldwork of two months, five times the usual, a month or year wrong.
FEWEST_OTHERS = 3
ODD_SIZE_RATIO = 8.0
LONG_DAYS, LONG_RATIO = 40, 5.0
# Of a house with few polls: no field stays open for so long.
ENDLESS_DAYS = 300
# Rows of one poll, as for voters and for likely voters, differ by less than this many points, and
# by little in their sizes; two questions of one survey differ by more points.
NEARLY, SIZE_RATIO = 3.0, 1.1
# Two surveys of one house may meet by chance; windows that go on meeting are one tracking poll,
# and so are two of which more than half of one lies inside the other.
FEWEST_MEETINGS, HALF = 3, 0.5
# A poll this many years from all others has another year, and so have one or two before or after
# all others at so many days and so many times the widest gap between those; one this many times the
# usual distance, and so many points, from those before and after it has a slipped point or swapped
# digits. A house this many points from all others asks something else, unless those are as far from
# each other; one not so far has exchanged answers if it lies within a few points of what they lack.
YEARS_APART, DAYS_APART, GAP_RATIO = 10.0, 200.0, 10.0
FAR, FAR_POINTS, NEIGHBOURS = 6.0, 4.0, 2
HOUSE_APART, HOUSES_RATIO = 20.0, 2.0
EXCHANGED_APART = 15.0
# Parts of one house that lie where the others have each other's; so far apart that no lean explains
# it.
PARTS_APART = 10.0
# Points: where others have more, a sample of some hundred in which nobody names a part is none.
MOST_UNSEEN = 2.5
# Complex samples have the variance of simple ones times 0.7 to 5.
LARGE_EFFECT = 10.0
# Numbers that stand for "no answer" lie beyond all ages or incomes; two or three kinds of number
# are no scale, and reach nowhere.
FEWEST_KINDS, CODE_RATIO = 5, 1.5
# A scale has some ten values, and codes of it are so many of its steps away. Of more numbers the
# last is a code where several have it, and it is so many of their widest gaps away. Many may well
# work no hours and earn nothing.
CODES = frozenset({"8", "9", "88", "98", "99", "888", "998", "999"})
MOST_OF_SCALE, CODE_STEPS = 11, 3
FEWEST_OF_MANY, FEWEST_CODES, EDGE_GAPS, MOST_ZEROS = 20, 2, 10, 0.1
# Days and months that are written as one number: 20220228, 202202.
DAYS_WRITTEN, MONTHS_WRITTEN = (1900_01_01, 2099_12_31), (1900_01, 2099_12)
# A category of its own, such as of parties that people are near to.
LEVEL_OF_NONE = "none"
Text = np.ndarray[Any, Any]
FIELD = ("start_date", "end_date")
DAY, YEAR = np.timedelta64(1, "D"), 365.25


def find_suspicions(
    obs: pd.DataFrame,
    columns: dict[str, Text],
    covariates: Sequence[str],
    *,
    is_thinned: bool | None = None,
) -> tuple[str, ...]:
    """Collect what is allowed and yet deserves a look.

    Parameters
    ----------
    obs : DataFrame
        The polls as they were given.
    columns : dict
        The same as checked arrays: house_id, sector, start_date, end_date, share_pct,
        sample_size, the covariates and, where given, poll_id.
    covariates : sequence of str
    is_thinned : bool, optional
        Are polls that share interviews with others left out; None where a model cannot.

    Returns
    -------
    tuple of str
        Each names rows and cure.
    """
    house, share = columns["house_id"], columns["share_pct"]
    return (
        *_copies(obs),
        *_fractions(obs, share),
        *_capitals(obs, house),
        *_alike(obs, house, "houses"),
        *_misspelt(obs, house),
        *_no_poll(obs, house),
        *_nobody(obs, house, "house"),
        *tell_alike(obs, columns["sector"], "sectors"),
        *_slips(obs, columns["sector"], "sectors"),
        *_nobody(obs, columns["sector"], "sector"),
        *(note for name in covariates for note in _covariate(obs, name, columns[name])),
        *_one_poll_id(columns),
        *_rows_of_one_poll(obs, columns),
        *_under_two_houses(obs, columns),
        *_overlaps(obs, columns, is_thinned=is_thinned),
        *_sizes(obs, columns["sample_size"]),
        *_odd_sizes(obs, columns),
        *_odd_variances(obs, columns),
        *_long_fieldwork(obs, columns),
        *tell_other_year(obs, columns["start_date"], "fieldwork"),
        *tell_to_come(obs, columns["end_date"], "fieldwork"),
        *_published(obs, columns["end_date"]),
    )


def find_past_suspicions(
    polls: pd.DataFrame, columns: dict[str, Text], result: Array
) -> tuple[str, ...]:
    """Collect what deserves a look in polls of past elections, as :func:`find_suspicions` does.

    Parameters
    ----------
    polls : DataFrame
        As they were given.
    columns : dict
        The same as checked arrays: election, house_id, share_pct, sample_size.
    result : ndarray, shape (n,)
        Percent, of the election of each poll.

    Examples
    --------
    >>> polls = pd.DataFrame({"house_id": ["fom", "FOM"], "share_pct": [52, 0.49]})
    >>> polls = polls.assign(election="r", sample_size=1000.0)
    >>> columns = {str(name): polls[name].to_numpy() for name in polls}
    >>> for found in find_past_suspicions(polls, columns, np.full(2, 50.0)):
    ...     print(found.rpartition("; ")[2])
    write the name in one way
    0.49 percent in row 1, where the result was 50: are these fractions? Give shares in percent
    """
    house, share = columns["house_id"], columns["share_pct"]
    notes = [*_copies(polls), *_capitals(polls, house), *_alike(polls, house, "houses")]
    notes += [*_misspelt(polls, house), *_no_poll(polls, house), *_nobody(polls, house, "house")]
    notes += _sizes(polls, columns["sample_size"])
    notes += _odd_sizes(polls, columns)
    if "end_date" in polls.columns:
        ends = polls["end_date"].to_numpy(object)
        of_election = columns | {"start_date": columns["election"], "end_date": ends}
        notes += _rows_of_one_poll(polls, of_election)
    if max(share.max(), result.max()) <= 1:
        notes.append("no share and no result is above 1: are these fractions rather than percent?")
        return tuple(notes)
    rows = np.flatnonzero(look_like_fractions(share, result))
    if len(rows):
        notes.append(
            f"{share[rows[0]]:g} percent in {name_rows(polls, rows)}, where the result was "
            f"{result[rows[0]]:g}: are these fractions? Give shares in percent"
        )
    rows = np.flatnonzero(look_like_fractions(result, share))
    if len(rows):
        notes.append(
            f"a result of {result[rows[0]]:g} percent, where {name_row(polls, int(rows[0]))} "
            f"has {share[rows[0]]:g}: is it a fraction? Give results in percent"
        )
    return (*notes, *_far_from_election(polls, columns, result))


def find_coming_suspicions(coming: pd.DataFrame, known: pd.DataFrame) -> tuple[str, ...]:
    """Collect what deserves a look in polls to come, as :func:`find_suspicions` does.

    Parameters
    ----------
    coming : DataFrame
        With house_id, start_date and end_date; sample_size where it is known.
    known : DataFrame
        The polls that the prediction is made from: the same columns.

    Examples
    --------
    >>> days = {"start_date": "2022-03-01", "end_date": "2022-03-03"}
    >>> known = pd.DataFrame({"house_id": ["fom", "levada"], **days})
    >>> coming = pd.DataFrame({"house_id": ["fom", "FOM"], "sample_size": [1500, 1.5], **days})
    >>> for found in find_coming_suspicions(coming, known):
    ...     print(found[:40])
    house 'FOM' in row 1 has no polls and lo
    1.5 interviews in row 1: are these thous
    house and days of row 0 are those of a p
    """
    houses = sorted(set(known["house_id"].astype(str)))
    names = coming["house_id"].astype(str).to_numpy(object)
    notes = list(_copies(coming))
    for name in sorted(set(names) - set(houses)):
        near = [group for group in find_alike([name, *houses]) if name in group]
        alike = [other for group in near for other in group if other != name]
        alike += [other for other in houses if is_slip(name, other)]
        if alike:
            rows = name_rows(coming, np.flatnonzero(names == name))
            notes.append(
                f"house {name!r} in {rows} has no polls and looks like {alike[0]!r}, which has: "
                "write the name in one way, or it is predicted as any new house"
            )
    notes += _nobody(coming, names, "house")
    if "sample_size" in coming.columns:
        notes += _sizes(coming, pd.to_numeric(coming["sample_size"], errors="coerce").to_numpy())
    return (*notes, *_far_from_known(coming, known))


def _far_from_known(coming: pd.DataFrame, known: pd.DataFrame) -> Iterator[str]:
    """Polls to come that are there already, or lie before the known ones or long after them."""
    keys = [
        list(zip(polls["house_id"].astype(str), *(to_days(polls[c]) for c in FIELD), strict=True))
        for polls in (coming, known)
    ]
    same = np.flatnonzero([key in set(keys[1]) for key in keys[0]])
    if len(same):
        yield (
            f"house and days of {name_rows(coming, same)} are those of a poll that is known, from "
            "which it is predicted; leave it out of one of the files"
        )
    start, (first, last) = to_days(coming[FIELD[0]]), _ends(known)
    early = np.flatnonzero(start < first)
    if len(early):
        yield (
            f"fieldwork of {name_rows(coming, early)} lies before all known polls (the first: "
            f"{first}): the level is carried back; correct the year, or give earlier polls"
        )
    late = np.flatnonzero(start > last + np.timedelta64(int(YEAR), "D"))
    if len(late):
        days = int((start[late].max() - last) / DAY)
        yield (
            f"fieldwork of {name_rows(coming, late)} lies up to {days} days after all known polls "
            f"(the last: {last}): the level is carried forward; correct the year, or give later "
            "polls"
        )


def _ends(known: pd.DataFrame) -> tuple[np.datetime64, np.datetime64]:
    """First day of the first poll and last day of the last."""
    return to_days(known[FIELD[0]]).min(), to_days(known[FIELD[1]]).max()


def _far_from_election(
    polls: pd.DataFrame, columns: dict[str, Text], result: Array
) -> Iterator[str]:
    """Polls far from the others of their election, and results far from all of its polls."""
    election, share = columns["election"], columns["share_pct"]
    others = usual_of_others(election, share)
    usual = np.where(np.isnan(others), result, others)
    apart = np.abs(share - usual)
    sampling_sd = 50 / np.sqrt(columns["sample_size"].astype("float64"))
    # A median distance is 0.6745 sd of normal ones.
    scale = np.maximum(sampling_sd, np.median(apart) / 0.6745)
    is_told = look_like_fractions(share, result) | look_like_fractions(result, share)
    for i in np.flatnonzero((apart > FAR * scale) & (apart > FAR_POINTS) & ~is_told):
        there = "the result was" if np.isnan(others[i]) else "the others of its election have some"
        yield (
            f"{share[i]:g} percent in {name_row(polls, int(i))}, where {there} {usual[i]:g}; look "
            "for a slipped point, swapped digits or another answer"
        )
    for name in dict.fromkeys(election):
        rows = np.flatnonzero(election == name)
        low, high, told = share[rows].min(), share[rows].max(), result[rows[0]]
        is_far = max(low - told, told - high) > HOUSE_APART and not is_told[rows].any()
        if is_far and len(rows) >= FEWEST_OTHERS:
            yield (
                f"a result of {told:g} percent for {name!r}, whose {len(rows)} polls have "
                f"{low:g} to {high:g}; look for a slipped point or another answer"
            )


def find_code(values: Array) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Positions of numbers so far from all others that they may be codes, such as 999.

    The widest gap between neighbours is half as wide again as the numbers on its fuller side reach.

    Parameters
    ----------
    values : ndarray, shape (n,)

    Examples
    --------
    >>> find_code(np.array([18.0, 999.0, 44.0, 79.0, 31.0, 62.0]))
    array([1])
    >>> find_code(np.array([0.0, 1.0, 0.0, 1.0])).size
    0

    One number below zero is one too, where all others are above:

    >>> find_code(np.array([18.0, -1.0, 44.0, 79.0, 31.0, 62.0]))
    array([1])

    So are nines above a scale, and what stands at the edge of many numbers far from them:

    >>> find_code(np.array([1.0, 2, 9, 2, 1])), find_code(np.array([1.0, 2, 3, 4, 5, 8, 9]))
    (array([2]), array([5, 6]))
    >>> find_code(np.array([0.0, *range(18, 80), 0]))
    array([ 0, 63])

    Days and months that are written as numbers are as far apart as in the calendar:

    >>> find_code(np.array([202110.0, 202111, 202112, 202201, 202202, 202203, 202204])).size
    0
    """
    values = _in_calendar(values)
    kinds, counts = np.unique(values, return_counts=True)
    if codes := _find_nines(kinds, counts) or _find_edge(kinds, counts):
        return np.flatnonzero(np.isin(values, codes))
    if len(kinds) <= FEWEST_KINDS:
        return np.array([], dtype=np.intp)
    if kinds[0] < 0 < kinds[1] and kinds[0] == np.round(kinds[0]):
        return np.flatnonzero(values == kinds[0])
    widest = int(np.argmax(np.diff(kinds)))
    is_high = counts[widest + 1 :].sum() < counts[: widest + 1].sum()
    fuller, fewer = np.split(kinds, [widest + 1])[:: 1 if is_high else -1]
    gap = kinds[widest + 1] - kinds[widest]
    if len(fuller) < FEWEST_KINDS or gap <= CODE_RATIO * np.ptp(fuller):
        return np.array([], dtype=np.intp)
    return np.flatnonzero(np.isin(values, fewer))


def _in_calendar(values: Array) -> Array:
    """Days such as 20220228, or months such as 202202, counted on; other numbers as they are."""
    if not (values == np.round(values)).all():
        return values
    whole = pd.Series(values).astype("int64")
    for (first, last), form in ((DAYS_WRITTEN, "%Y%m%d"), (MONTHS_WRITTEN, "%Y%m")):
        if whole.between(first, last).all():
            days = pd.to_datetime(whole.astype("str"), format=form, errors="coerce")
            if days.notna().all():
                return np.asarray((days - days.min()) / DAY, dtype=float)
    return values


def _find_nines(kinds: Array, counts: Text) -> list[float]:
    """Codes such as 9, or 8 and 9, above the few whole numbers of a scale."""
    n_codes = sum(text in CODES for text in map("{:g}".format, kinds[-2:]))
    if not 0 < n_codes < len(kinds) - 1 <= MOST_OF_SCALE or set(f"{kinds[-1]:g}") != {"9"}:
        return []
    scale, codes = kinds[:-n_codes], kinds[-n_codes:]
    is_scale = (scale == np.round(scale)).all() and (np.diff(scale) == 1).all()
    is_rare = counts[-n_codes:].sum() < counts[:-n_codes].sum()
    return codes.tolist() if is_scale and is_rare and codes[0] - scale[-1] >= CODE_STEPS else []


def _find_edge(kinds: Array, counts: Text) -> list[float]:
    """The least or greatest of many numbers, if it is far from them and several have it."""
    if len(kinds) < FEWEST_OF_MANY:
        return []
    gaps = np.diff(kinds)
    for edge, gap, others in ((0, gaps[0], gaps[1:]), (-1, gaps[-1], gaps[:-1])):
        most = (MOST_ZEROS if kinds[edge] == 0 else 0.5) * counts.sum()
        if FEWEST_CODES <= counts[edge] <= most and gap > EDGE_GAPS * others.max():
            return [float(kinds[edge])]
    return []


def name_rows(obs: pd.DataFrame, positions: Sequence[int] | Days) -> str:
    """Name some rows, and count those that would make the message unreadable."""
    named = ", ".join(name_row(obs, int(i)) for i in positions[:MAX_ROWS_NAMED])
    more = len(positions) - MAX_ROWS_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _copies(obs: pd.DataFrame) -> Iterator[str]:
    copies = np.flatnonzero(_repeated(obs, keep="first"))
    if len(copies):
        first = name_row(obs, int(copies[0]))
        yield (
            f"{len(copies)} rows repeat another row and count twice (first: {first}); keep one of "
            "each"
        )


def _repeated(obs: pd.DataFrame, *, keep: Literal["first", False]) -> Text:
    """Which rows are the same in all columns as another; of the first of them too if asked."""
    try:
        return obs.duplicated(keep=keep).to_numpy()
    except TypeError:  # a column holds lists or the like
        return obs.astype(str).duplicated(keep=keep).to_numpy()


def _fractions(obs: pd.DataFrame, share: Array) -> Iterator[str]:
    between = (share > 0) & (share < 1)
    if share.max() <= 1 and between.any():
        yield "no share is above 1: are these fractions rather than percent?"
        return
    usual = np.median(share[share > 1]) if (share > 1).any() else 0.0
    rows = np.flatnonzero(look_like_fractions(share, usual))
    if len(rows):
        yield (
            f"{share[rows[0]]:g} percent in {name_rows(obs, rows)}, where others have some "
            f"{usual:.0f}: are these fractions? Give all shares in percent"
        )


def look_like_fractions(share: Array, usual: float | Array) -> Text:
    """Which of the shares between 0 and 1 are nearer to the usual one once they are percent.

    Examples
    --------
    >>> look_like_fractions(np.array([0.6, 0.6, 60.0]), np.array([58.0, 1.0, 58.0]))
    array([ True, False, False])
    """
    nearer = np.abs(100 * share - usual) < np.abs(share - usual)
    return np.asarray((share > 0) & (share < 1) & nearer)


def _capitals(obs: pd.DataFrame, house: Text) -> Iterator[str]:
    folded: dict[str, set[str]] = {}
    for name in house:
        folded.setdefault(name.casefold(), set()).add(name)
    for names in folded.values():
        if len(names) > 1:
            rows = [int(np.flatnonzero(house == name)[0]) for name in sorted(names)]
            yield (
                f"houses that differ only in capitals count as different: "
                f"{' and '.join(sorted(names))} (first in {name_rows(obs, rows)}); write the name "
                "in one way"
            )


def tell_alike(obs: pd.DataFrame, values: Text, what: str) -> Iterator[str]:
    """Names that look the same, or differ in capitals alone.

    Parameters
    ----------
    obs : DataFrame
        Its index names the rows.
    values : ndarray of str, shape (n,)
    what : str
        What they name, in the plural.

    Examples
    --------
    >>> frame = pd.DataFrame({"wave": ["a 1", "a  1"]})
    >>> next(tell_alike(frame, frame["wave"].to_numpy(object), "waves")).partition(";")[0]
    "waves that look alike count as different: 'a  1' and 'a 1' (first in row 1, row 0"
    """
    return _alike(obs, values, what, capitals=True)


def _alike(obs: pd.DataFrame, values: Text, what: str, *, capitals: bool = False) -> Iterator[str]:
    """Names that look the same; those that differ in capitals alone only where asked."""
    for names in find_alike(values):
        if not capitals and len({name.casefold() for name in names}) == 1:
            continue
        rows = [int(np.flatnonzero(values == name)[0]) for name in names]
        both = " and ".join(map(repr, names))
        yield (
            f"{what} that look alike count as different: {both} (first in {name_rows(obs, rows)}; "
            f"they differ in {tell_apart(names)}); write the name in one way"
        )


def _misspelt(obs: pd.DataFrame, house: Text) -> Iterator[str]:
    """A house of one poll that a slip of the hand makes of a house of several."""
    names, counts = np.unique(house.astype("str"), return_counts=True)
    for name in map(str, names[counts == 1]):
        row = name_row(obs, int(np.flatnonzero(house == name)[0]))
        for other in (str(several) for several in names[counts >= FEWEST_OTHERS]):
            if skeleton(name) != skeleton(other) and is_slip(name, other):
                yield (
                    f"house {name!r} ({row}) has one poll and is one slip of the hand from "
                    f"{other!r}; write the name in one way"
                )


def _slips(obs: pd.DataFrame, values: Text, what: str) -> Iterator[str]:
    """Names that a slip of the hand makes of each other, where names are few and apart."""
    for name, other in combinations(sorted(set(values)), 2):
        if skeleton(name) != skeleton(other) and is_slip(name, other):
            rows = [int(np.flatnonzero(values == either)[0]) for either in (name, other)]
            yield (
                f"{what} {name!r} and {other!r} (first in {name_rows(obs, rows)}) are one slip of "
                "the hand from each other and count as different; write the name in one way"
            )


def _nobody(obs: pd.DataFrame, values: Text, what: str) -> Iterator[str]:
    """Names that are a program's word for none, or that have lost their letters."""
    for name in sorted(filter(names_nobody, set(values))):
        rows = name_rows(obs, np.flatnonzero(values == name))
        yield (
            f"{what} {name!r} in {rows} is no name: those without one, or with letters that an "
            "encoding lost, count as the same; fill it in"
        )


def _no_poll(obs: pd.DataFrame, house: Text) -> Iterator[str]:
    """Rows that sum up others, or an election, under the names that these have."""
    for name in sorted(filter(is_summary, set(house))):
        yield (
            f"house {name!r} in {name_rows(obs, np.flatnonzero(house == name))} is called as an "
            "average, a total or an election are, which is no poll; leave it out, and give an "
            "election as an anchor"
        )


def _covariate(obs: pd.DataFrame, name: str, values: Text) -> Iterator[str]:
    yield from tell_alike(obs, values, f"levels of {name}")
    yield from _slips(obs, values, f"levels of {name}")
    named = np.where(values == LEVEL_OF_NONE, f"{LEVEL_OF_NONE} of {name}", values)
    yield from _nobody(obs, named, f"level of {name}")
    if len(set(values)) == 1:
        yield (
            f"covariate {name} is {values[0]!r} in all polls: there is nothing to estimate; "
            "leave it out"
        )


def _one_poll_id(columns: dict[str, Text]) -> Iterator[str]:
    names = set(columns.get("poll_id", ()))
    if len(names) == 1 and len(columns["house_id"]) > 1 and names != {""}:
        yield f"poll_id is {names.pop()!r} in all rows; give each poll its own, or leave it out"


def _rows_of_one_poll(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Rows that name one poll, or that agree in house and days and nearly in size and share.

    Two questions of one poll are two polls to a model, and whoever names them knows.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    house, poll_id = columns["house_id"], columns.get("poll_id")
    question = obs["question_id"].tolist() if "question_id" in obs.columns else [""] * len(house)
    if poll_id is not None and len(set(poll_id)) > 1:
        for i, name in enumerate(poll_id):
            if name:
                groups.setdefault((name.casefold(), question[i]), []).append(i)
    told = {i for rows in groups.values() if len(rows) > 1 for i in rows}
    same = zip(house, columns["start_date"], columns["end_date"], strict=True)
    copies = np.flatnonzero(_repeated(obs, keep=False))
    for i, key in enumerate(same):
        if i not in told and i not in copies:
            groups.setdefault((*key, question[i]), []).append(i)
    share, size = columns["share_pct"], columns["sample_size"].astype("float64")
    twice = [rows for key, rows in groups.items() if len(key) == 2 and len(rows) > 1]
    for rows in (rows for key, rows in groups.items() if len(key) > 2):
        alike = [part for part in _split_by_size(rows, size) if len(part) > 1]
        if poll_id is None and len(rows) >= FEWEST_OTHERS:  # groups or regions, not named as polls
            twice.append(rows)
        else:
            twice += [part for part in alike if np.ptp(share[part]) <= NEARLY]
    if twice:
        n = sum(map(len, twice))
        yield (
            f"{n} rows are several of one poll and count each as a poll of its own, so that "
            f"intervals come out too narrow ({name_rows(obs, twice[0])}"
            f"{f'; {len(twice) - 1} more such polls' if len(twice) > 1 else ''}); keep one row of "
            "each poll"
        )


def _under_two_houses(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Polls of two houses that agree in days, size and share, as one under its sponsor's name."""
    seen: dict[tuple[Any, ...], int] = {}
    names = ("start_date", "end_date", "sample_size", "share_pct")
    keys = [columns[name].tolist() for name in names]
    if "question_id" in obs.columns:
        keys.append(obs["question_id"].tolist())
    for i, key in enumerate(zip(*keys, strict=True)):
        first = seen.setdefault(key, i)
        if columns["house_id"][first] != columns["house_id"][i]:
            houses = " and ".join(map(str, columns["house_id"][[first, i]]))
            yield (
                f"{name_rows(obs, [first, i])} agree in days, size and share: if they are one "
                f"poll under the names of {houses}, keep one of them"
            )


def _split_by_size(rows: list[int], size: Array) -> Iterator[list[int]]:
    """Rows whose sizes differ little from the next smaller one, or are not given."""
    ordered = sorted(rows, key=lambda i: (np.isnan(size[i]), size[i]))
    group = ordered[:1]
    for before, i in pairwise(ordered):
        if size[i] > SIZE_RATIO * size[before] or np.isnan(size[before]) != np.isnan(size[i]):
            yield group
            group = []
        group.append(i)
    yield group


def keep_apart(columns: dict[str, Text]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Polls to keep so that those of a tracking poll share no interviews.

    As many as can be, and the last one among them: windows are taken from the latest start
    backwards, each that ends before the last one taken begins.

    Parameters
    ----------
    columns : dict
        Checked arrays: house_id, start_date, end_date.

    Returns
    -------
    ndarray of bool, shape (n_polls,)
        True for all polls of houses that are no tracking poll.

    Examples
    --------
    >>> days = np.arange("2022-03-01", "2022-03-13", dtype="datetime64[D]")
    >>> house = np.array(["trk"] * 12, dtype=object)
    >>> last = days + np.timedelta64(4, "D")
    >>> keep = keep_apart({"house_id": house, "start_date": days, "end_date": last})
    >>> np.flatnonzero(keep)
    array([ 1,  6, 11])
    """
    keep = np.ones(len(columns["house_id"]), dtype=bool)
    for tracking in _find_tracking(columns):
        keep[tracking.rows] = False
        begins = np.datetime64("9999-12-31")
        latest = np.lexsort([tracking.end, tracking.start])[::-1]
        for i in latest:
            if tracking.end[i] < begins:
                keep[tracking.rows[i]], begins = True, tracking.start[i]
    return keep


class _Tracking(NamedTuple):
    """Polls of a house whose fieldwork goes on overlapping, in order of their starts.

    ``meets`` are positions in ``rows`` of polls that begin before an earlier one has ended, and
    ``shared`` the part of their days that they have in common with it.
    """

    house: str
    rows: Days
    start: Text
    end: Text
    meets: Days
    shared: Array


def _find_tracking(columns: dict[str, Text]) -> Iterator[_Tracking]:
    """Houses whose polls meet so often that they are one tracking poll."""
    for house in sorted(set(columns["house_id"])):
        rows = np.flatnonzero(columns["house_id"] == house)
        start = columns["start_date"][rows].astype("datetime64[D]")
        end = columns["end_date"][rows].astype("datetime64[D]")
        order = np.lexsort([end, start])
        rows, start, end = rows[order], start[order], end[order]
        latest = np.maximum.accumulate(end)[:-1]
        # Rows of the same days are several of one poll, or two polls of one week.
        moved = (start[1:] > start[:-1]) | (end[1:] != end[:-1])
        meets = np.flatnonzero((start[1:] <= latest) & moved) + 1
        common = np.minimum(end[meets], latest[meets - 1]) - start[meets] + DAY
        shared = common / (end[meets] - start[meets] + DAY)
        if len(meets) >= FEWEST_MEETINGS or (shared > HALF).any():
            yield _Tracking(house, rows, start, end, meets, shared)


def _overlaps(
    obs: pd.DataFrame, columns: dict[str, Text], *, is_thinned: bool | None
) -> Iterator[str]:
    """Tracking polls, whose windows share interviews."""
    keep = keep_apart(columns)
    for house, rows, _, _, meets, shared in _find_tracking(columns):
        kept = int(keep[rows].sum())
        pair = f"{name_row(obs, int(rows[meets[0]]))} with {name_row(obs, int(rows[meets[0] - 1]))}"
        found = (
            f"fieldwork of house {house} overlaps in {len(meets)} of its {len(rows)} polls "
            f"(first: {pair}), which share {100 * shared.mean():.0f} percent of their days: "
        )
        if is_thinned:
            yield found + f"the {kept} that share no interviews, the last among them, are kept"
        else:
            told = (
                "interviews that two polls share count twice and intervals come out too narrow; "
                f"keep polls that do not overlap (there are {kept})"
            )
            option = (
                "" if is_thinned is None else ", as shared_interviews='thin' (--tracking thin) does"
            )
            yield found + told + option


def _sizes(obs: pd.DataFrame, size: Array) -> Iterator[str]:
    few = np.flatnonzero(size < FEW_INTERVIEWS)
    if len(few):
        yield (
            f"{size[few[0]]:g} interviews in {name_rows(obs, few)}: are these thousands? Give "
            "sample_size as a number of interviews"
        )
    many = np.flatnonzero(size > MANY_INTERVIEWS)
    if len(many):
        yield (
            f"{size[many[0]]:.0f} interviews in {name_rows(obs, many)}: no poll has so many; "
            "correct sample_size, and give an election as an anchor"
        )


def _odd_sizes(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Sizes far from those of the house's other polls."""
    size = columns["sample_size"].astype("float64")
    usual = usual_of_others(columns["house_id"], size)
    for i in np.flatnonzero(
        is_odd_size(size, usual) & (size >= FEW_INTERVIEWS) & (size <= MANY_INTERVIEWS)
    ):
        yield (
            f"{size[i]:.7g} interviews in {name_row(obs, int(i))}, where house "
            f"{columns['house_id'][i]} usually has {usual[i]:g}; correct sample_size"
        )


def _odd_variances(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Variances that are given, and no poll has; design effects as no sample has them."""
    if "design_effect" in obs.columns:
        effect = columns["design_effect"].astype("float64")
        rows = np.flatnonzero((effect > LARGE_EFFECT) | (effect < 1 / LARGE_EFFECT))
        if len(rows):
            yield (
                f"a design effect of {effect[rows[0]]:g} in {name_rows(obs, rows)}: complex "
                "samples have 0.7 to 5; give the variance relative to simple random sampling"
            )
    if "sampling_var" not in obs.columns:
        return
    given = ~is_blank(obs["sampling_var"])
    share, variance = (columns[name].astype("float64") for name in ("share_pct", "sampling_var"))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = share * (100 - share) / variance  # 0 / 0 at the edges says nothing
        few, many = size < FEW_INTERVIEWS, size > MANY_INTERVIEWS
    rows = np.flatnonzero(given & (share > 0) & (share < 100) & (few | many))
    if len(rows):
        yield (
            f"a sampling variance of {variance[rows[0]]:g} in {name_rows(obs, rows)} is that of "
            f"{size[rows[0]]:.3g} interviews; give it in squared points"
        )


def _long_fieldwork(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Fieldwork much longer than in the house's other polls."""
    start, end = (columns[name].astype("datetime64[D]") for name in ("start_date", "end_date"))
    days = (end - start) / np.timedelta64(1, "D") + 1
    usual = usual_of_others(columns["house_id"], days)
    printed = np.ones(len(days), dtype=bool)
    if "date_imputed" in obs.columns:  # a window that the days lie in is no fieldwork
        printed = ~obs["date_imputed"].fillna(False).to_numpy(dtype=bool)
    for i in np.flatnonzero(printed & np.isnan(usual) & (days > ENDLESS_DAYS)):
        yield (
            f"fieldwork of {days[i]:.0f} days in {name_row(obs, int(i))}; correct the year of one "
            "of the dates"
        )
    for i in np.flatnonzero(printed & (days > LONG_DAYS) & (days > LONG_RATIO * usual)):
        yield (
            f"fieldwork of {days[i]:.0f} days in {name_row(obs, int(i))}, where house "
            f"{columns['house_id'][i]} usually has {usual[i]:g}; correct one of the dates"
        )


def tell_other_year(obs: pd.DataFrame, first: Text, what: str) -> Iterator[str]:
    """A poll or two years from all others, or as far before or after them as no others are.

    Parameters
    ----------
    obs : DataFrame
        Its index names the rows.
    first : ndarray of datetime64, shape (n,)
        First day of each.
    what : str
        What the days are of.
    """
    day = first.astype("datetime64[D]")
    order = np.argsort(day, kind="stable")
    gaps = np.diff(day[order]) / DAY
    n = len(day)
    apart: dict[int, float] = {}
    ends = np.concatenate([[np.inf], gaps, [np.inf]])
    nearest = np.minimum(ends[:-1], ends[1:])
    if n > FEWEST_OTHERS:
        apart |= {int(i): nearest[i] for i in np.flatnonzero(nearest > YEARS_APART * YEAR)}
    for n_far in range(1, FEWEST_OTHERS):
        if n < n_far + 2 * FEWEST_OTHERS:
            break
        for far, gap, others in (
            (range(n_far), gaps[n_far - 1], gaps[n_far:]),
            (range(n - n_far, n), gaps[-n_far], gaps[:-n_far]),
        ):
            if gap > max(DAYS_APART, GAP_RATIO * others.max()):
                apart |= dict.fromkeys(far, gap)
    for place, days in sorted(apart.items()):
        i = int(order[place])
        far_off = f"{days / YEAR:.0f} years" if days > 2 * YEAR else f"{days:.0f} days"
        yield (
            f"{what} of {day[i]} in {name_row(obs, i)} lies {far_off} from all other polls; "
            "correct the year"
        )


def tell_to_come(obs: pd.DataFrame, day: Text, what: str) -> Iterator[str]:
    """Days that have not come yet, of which nobody can know.

    Parameters
    ----------
    obs : DataFrame
        Its index names the rows.
    day : ndarray of datetime64, shape (n,)
        NaT where there is none.
    what : str
        What the days are of.

    Examples
    --------
    >>> frame = pd.DataFrame(index=[0, 1])
    >>> days = np.array(["2022-03-01", "2099-03-01"], dtype="datetime64[D]")
    >>> for found in tell_to_come(frame, days, "fieldwork"):
    ...     print(found)
    fieldwork of 2099-03-01 in row 1 has not come yet; correct the year
    """
    rows = np.flatnonzero(day.astype("datetime64[D]") > np.datetime64("today") + DAY)
    if len(rows):
        first = day[rows[0]].astype("datetime64[D]")
        yield f"{what} of {first} in {name_rows(obs, rows)} has not come yet; correct the year"


def tell_other_house(house: Text, share: Array, part: str = "") -> Iterator[str]:
    """A house far from all others, which are nearer to each other.

    Parameters
    ----------
    house : ndarray of str, shape (n,)
    share : ndarray, shape (n,)
        Percent, of one answer; NaN where it was not printed.
    part : str
        Name of the answer; empty where there is one only.

    Examples
    --------
    >>> house = np.array(["a", "b", "c", "d"])
    >>> for found in tell_other_house(house, np.array([60.0, 61, 63, 25])):
    ...     print(found.partition(":")[0])
    house d has 25 percent, where the other 3 have 60 to 63
    >>> for found in tell_other_house(house, np.array([60.0, 61, 62, 42])):
    ...     print(found.partition(":")[2])
     as little as these lack of 100, look for exchanged answers
    >>> for found in tell_other_house(house, np.array([4.0, 3, 3, 0]), "green"):
    ...     print(found.partition(":")[2])
     leave cells empty where nothing was printed
    """
    printed = ~np.isnan(share)
    house, share = house[printed], share[printed]
    names = sorted(set(house))
    medians = np.array([np.median(share[house == name]) for name in names])
    of_part = f" {part}" if part else ""
    for i, name in enumerate(names):
        others = np.delete(medians, i)
        if len(others) < FEWEST_OTHERS - 1:
            continue
        low, high = others.min(), others.max()
        apart = max(low - medians[i], medians[i] - high)
        rest = 100 - medians[i]
        is_exchanged = abs(rest - np.clip(rest, low, high)) <= NEARLY
        found = (
            f"house {name} has {medians[i]:g} percent{of_part}, where the other {len(others)} have "
            f"{low:g} to {high:g}: "
        )
        if medians[i] == 0 and low > MOST_UNSEEN:
            yield found + f"leave {'cells empty' if part else 'rows out'} where nothing was printed"
        elif len(others) >= FEWEST_OTHERS and apart > max(HOUSE_APART, HOUSES_RATIO * (high - low)):
            yield found + "look for another question, another answer or a slip"
        elif is_exchanged and apart > max(EXCHANGED_APART, HOUSES_RATIO * (high - low)):
            yield found + "as little as these lack of 100, look for exchanged answers"


def tell_far(
    house: Text, share: Array, sampling_sd: Array, rows: Sequence[str], part: str
) -> Iterator[str]:
    """Polls that stand far from those of their house before and after them.

    For models of several parts, and where no fit is at hand; the trend of one share asks its fit.

    Parameters
    ----------
    house : ndarray of str, shape (n,)
        In the order of the polls' days, as all that follows.
    share : ndarray, shape (n,)
        Percent; NaN where the part was not printed.
    sampling_sd : ndarray, shape (n,)
        Points.
    rows : sequence of str
        How messages name the polls.
    part : str
        Empty where there is one share only.

    Examples
    --------
    >>> share = np.array([60.0, 61, 6.0, 59, 60, 62])
    >>> rows = [f"line {i + 2}" for i in range(6)]
    >>> for found in tell_far(np.array(["fom"] * 6), share, np.full(6, 1.2), rows, "for"):
    ...     print(found.partition(";")[0])
    line 4: 6 percent for, where house fom has 60 before and after
    >>> share = np.array([4.0, 3, 0, 4, 4, 3])
    >>> for found in tell_far(np.array(["fom"] * 6), share, np.full(6, 0.6), rows, "green"):
    ...     print(found.partition(";")[2])
     leave the cell empty where nothing was printed
    """
    apart, usual = np.full((2, len(share)), np.nan)
    for name in set(house):
        mine = np.flatnonzero((house == name) & ~np.isnan(share))
        if len(mine) <= FEWEST_OTHERS:
            continue
        for k, i in enumerate(mine):
            first = min(max(k - NEIGHBOURS, 0), len(mine) - 2 * NEIGHBOURS - 1)
            near = np.delete(mine, k)[max(first, 0) :][: 2 * NEIGHBOURS]
            usual[i] = np.median(share[near])
            apart[i] = abs(share[i] - usual[i])
    if np.isnan(apart).all():
        return
    of_part = f" {part}" if part else ""
    # A median distance is 0.6745 sd of normal ones.
    scale = np.maximum(sampling_sd, np.nanmedian(apart) / 0.6745)
    is_unseen = (share == 0) & (usual > MOST_UNSEEN)
    for i in np.flatnonzero(((apart > FAR * scale) & (apart > FAR_POINTS)) | is_unseen):
        cure = "look for a slipped point, swapped digits or exchanged answers"
        if is_unseen[i]:
            cure = f"leave the {'cell empty' if part else 'row out'} where nothing was printed"
        yield (
            f"{rows[int(i)]}: {share[i]:g} percent{of_part}, where house {house[i]} has "
            f"{usual[i]:g} before and after; {cure}"
        )


def find_exchanged_parts(
    house: Text, shares: Array, parts: Sequence[str]
) -> dict[tuple[str, str, str], str]:
    """Houses of which two parts lie where all others have each other's.

    Parameters
    ----------
    house : ndarray of str, shape (n,)
    shares : ndarray, shape (n, n_parts)
        Percent; NaN where a part was not printed.
    parts : sequence of str

    Returns
    -------
    dict
        From house and its two parts to a message.

    Examples
    --------
    >>> shares = np.array([[45.0, 30], [46, 29], [44, 31], [30, 45]])
    >>> for found in find_exchanged_parts(np.array(["a", "b", "c", "d"]), shares, ["red", "blue"]):
    ...     print(found)
    ('d', 'red', 'blue')
    """
    names = sorted(map(str, set(house)))
    medians = pd.DataFrame(shares).groupby(house).median().loc[names].to_numpy()
    found = {}
    for i, name in enumerate(names):
        others = np.delete(medians, i, axis=0)
        for k, m in combinations(range(len(parts)), 2):
            of_both = others[~np.isnan(others[:, [k, m]]).any(axis=1)][:, [m, k]]
            if len(of_both) < FEWEST_OTHERS - 1 or np.isnan(medians[i, [k, m]]).any():
                continue
            mine, low, high = medians[i, [k, m]], of_both.min(axis=0), of_both.max(axis=0)
            apart = max(low[0] - high[1], low[1] - high[0])
            is_there = np.abs(mine - np.clip(mine, low, high)).max() <= NEARLY
            if is_there and apart > max(PARTS_APART, HOUSES_RATIO * (high - low).max()):
                found[name, parts[k], parts[m]] = (
                    f"house {name} has {mine[0]:g} percent {parts[k]} and {mine[1]:g} {parts[m]}, "
                    f"where the other {len(of_both)} have {low[1]:g} to {high[1]:g} and "
                    f"{low[0]:g} to {high[0]:g}: look for exchanged answers"
                )
    return found


def is_odd_size(size: Array, usual: Array) -> Text:
    """Which sizes have a digit more or less than what is usual, where that is known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.maximum(size / usual, usual / size) > ODD_SIZE_RATIO)


def usual_of_others(house: Text, values: Array) -> Array:
    """Median of the house's other polls, by poll; not a number where there are too few."""
    usual = np.full(len(values), np.nan)
    for name in set(house):
        rows = np.flatnonzero(house == name)
        if len(rows) > FEWEST_OTHERS:
            usual[rows] = _medians_of_others(values[rows])
    return usual


def _medians_of_others(values: Array) -> Array:
    """Median of all values but one, for each; not a number where one of them is none."""
    order = np.argsort(values, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(values))
    ordered, middle = values[order], (len(values) - 1) // 2
    # Without a value those above it stand one place lower.
    high = np.where(rank > middle, ordered[middle], ordered[middle + 1])
    if len(values) % 2 == 0:
        found = high
    else:
        low = np.where(rank > middle - 1, ordered[middle - 1], ordered[middle])
        found = (low + high) / 2
    unknown = np.isnan(values)
    return np.where(np.count_nonzero(unknown) > unknown, np.nan, found)


def _published(obs: pd.DataFrame, end: Text) -> Iterator[str]:
    """Days of publication before the end of fieldwork, to come, or that nobody can read."""
    for column in ("available_from", "published"):
        if column not in obs.columns:
            continue
        days = to_days(obs[column])
        odd = np.flatnonzero(np.isnat(days) & ~is_blank(obs[column]))
        if len(odd):
            yield f"{column} in {name_rows(obs, odd)} is no date that can be read; {DATE_CURE}"
        early = np.flatnonzero(days < end.astype("datetime64[D]"))
        if len(early):
            yield (
                f"{column} lies before the end of fieldwork in {name_rows(obs, early)}; "
                "correct one of the dates"
            )
        yield from tell_to_come(obs, days, column)
