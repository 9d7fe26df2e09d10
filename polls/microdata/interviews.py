"""The interviews of the Chronicles project: download, check, harmonise.

The interviews themselves are no part of this package, which holds only counts of them
(the table `cells`). The project published its files at
https://github.com/dorussianswantwar/research1 and puts its materials under CC BY 4.0:
"Source: Chronicles project, chronicles.report". Reading the original files needs the
optional packages of `pip install -e .[microdata]`.
"""

import hashlib
from pathlib import Path
from urllib.parse import quote

import pandas as pd
from pandas.api.types import pandas_dtype

from polls.microdata.harmonise import column_types, harmonise
from polls.microdata.readers import import_reader, read_file
from polls.tables import read_table

# The files as they stood on 24 February 2026, when chapter 15 had been put there.
COMMIT = "06061d8671dbd2d5b1e145b09e4fb92b4910cd43"
REPOSITORY = "https://github.com/dorussianswantwar/research1"
SHA256 = {
    "01": "00ade254dae6aac77fd704962485c09237e3a6ad0cd5ed5b6ede3bc717bad541",
    "02": "68888c1fdb3dc301dfd9d15c29b6faade2072effd43d05ab1f245ebc8952a243",
    "03": "c4a5d064b16c93029d48378657a8ed03eacc7cb16a27830a4f0792f81af89bb2",
    "04": "8717106ca77af32c5e2e52c76fcd31984b63ee5491e2f409eda52c448a4a9741",
    "05": "c53d2bebc3ac7637a142151f2ac949f1499e6f24566b9a267a4e949ef4c236d1",
    "06": "bdf07662f1f8464bb7ff3b017c68d5b99c2430c6a8cf8aa4427afad8f1e3bade",
    "07a": "e586ace19c32fc692eb70020c60e6c573a18efa83a4c9b9f9c2100ba7d30a643",
    "07b": "6cbc24684234b649dd3ffd6dbf64a8b39aea4bd19fa310b917d7a8e3838a1740",
    "08": "e6991e3820e2a7a859c4386878d07acf628f02c2defe174ef4c25e84bc5ac906",
    "09": "7e2afbfaa1374f3d9048e5a5235b743e82407ef62bc38a6013a032884cc745fa",
    "10": "61bfcc94ca6a949dbf9696ddcb2694320a2810789d4aa2c6d831eed98eb86b15",
    "11": "a10c3da7ca97ee0dc229998335855e0fcdbcf88ea669c1089fcb81e9c96ac509",
    "12": "62e2cdb436578e6367d4ef991f79e6ca3b18e7157c02a5a9a4648e35a6d3836c",
    "13": "a5791fab5688811332fe2bfab5bcc53171c1d1deb3cdac0a2410f38a072c4c57",
    "14": "46df71c7be94bb26fbf97f3c73407c98961eb3f5dbea753ca659caef47395a07",
    "15": "6167670460bdb15f59904209676e825fe7f529510ac51a6ac75f1ed4e5be1275",
}
# Chapter 15 gives regions as numbers without their names: they are those of chapter 9.
REGIONS_OF = {"15": "09"}
REGION_COLUMN = "capital"  # made from the region, in every wave


def load_microdata(path: str | Path | None = None) -> pd.DataFrame:
    """Load the interviews of the Chronicles as one harmonised table.

    Parameters
    ----------
    path : path-like, optional
        By default the original files are downloaded once (16 MB, kept in the cache folder
        of the user) and harmonised. A folder is taken for a copy of the source repository:
        its files are harmonised. A .parquet, .csv or .csv.gz file is taken for a table that
        was harmonised before.

    Returns
    -------
    DataFrame, shape (24164, 91)
        One row per interview; the columns are explained in the table microdata_codebook.
        `main_sample` is 1 where the interview is comparable over time: filter on it.
        `weight` is the published weight, `weight_raked` ours (mean 1 per wave and sample).

    Raises
    ------
    ImportError
        A package of the extra `microdata` is missing (for .parquet, of `export`).
    ValueError
        A file is not the one whose checksum is recorded, or its content does not fit the
        codebook; the message names the file and the cure.
    FileNotFoundError
        There is nothing at `path`.

    See Also
    --------
    polls.microdata.cells.make_cells : the counts that the package holds.

    Examples
    --------
    >>> interviews = load_microdata()  # doctest: +SKIP
    >>> interviews["wave"].nunique()  # doctest: +SKIP
    16
    """
    codebook = read_table("microdata_codebook")
    if path is None or Path(path).is_dir():
        files = fetch_files() if path is None else find_files(path)
        waves = read_table("microdata_waves")
        return harmonise(read_waves(files, codebook), codebook, waves, read_table("population"))
    file = Path(path)
    if not file.exists():
        raise FileNotFoundError(f"There is no file or folder {file}. Give one that exists.")
    return _read_harmonised(file, column_types(codebook))


def fetch_files(cache: str | Path | None = None) -> dict[str, Path]:
    """Download the original files that are not in the cache yet, and check all of them.

    Parameters
    ----------
    cache : path-like, optional
        Folder to keep them in; a folder in the cache of the user by default.

    Returns
    -------
    dict of str to Path
        The file of each wave.

    Raises
    ------
    ImportError
        pooch is missing.
    ValueError
        What was downloaded has another checksum.
    """
    pooch = import_reader("pooch")
    folder = Path(pooch.os_cache("russian-war-polls") if cache is None else cache)
    files = {}
    for wave, name in _source_files().items():
        file = pooch.retrieve(
            url=f"{REPOSITORY}/raw/{COMMIT}/{quote(name)}",
            known_hash=f"sha256:{SHA256[wave]}",
            fname=f"chronicles-{wave}{Path(name).suffix}",
            path=folder,
        )
        files[wave] = Path(file)
    return files


def find_files(folder: str | Path) -> dict[str, Path]:
    """Find the original files in a copy of the source repository, and check all of them.

    Parameters
    ----------
    folder : path-like
        The copy, with a folder for each chapter.

    Returns
    -------
    dict of str to Path
        The file of each wave.

    Raises
    ------
    FileNotFoundError
        A file is not there.
    ValueError
        A file has another checksum.
    """
    files = {}
    for wave, name in _source_files().items():
        file = Path(folder, name)
        if not file.exists():
            raise FileNotFoundError(
                f"{file} is missing. Check out commit {COMMIT} of {REPOSITORY} there."
            )
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if found != SHA256[wave]:
            raise ValueError(
                f"{file} has the checksum {found}, not {SHA256[wave]}: it is another version"
                f" or damaged. Check out commit {COMMIT} of {REPOSITORY} there."
            )
        files[wave] = file
    return files


def read_waves(files: dict[str, Path], codebook: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Read the original files, with the names of regions in place of their codes.

    Parameters
    ----------
    files : dict of str to Path
        The file of each wave.
    codebook : DataFrame
        The table microdata_codebook; it names the column of the region.

    Returns
    -------
    dict of str to DataFrame
        One frame per wave, with the columns of the source.
    """
    rows = codebook[codebook["harmonised_column"] == REGION_COLUMN]
    regions = rows.set_index("wave")["source_column"]
    raw: dict[str, pd.DataFrame] = {}
    names: dict[str, dict[float, str]] = {}
    for wave, file in files.items():
        raw[wave], labels = read_file(file)
        column = str(regions[wave])
        names[wave] = labels.get(column, {})
        code_names = names[wave] or names.get(REGIONS_OF.get(wave, ""), {})
        if code_names and column in raw[wave]:
            raw[wave][column] = raw[wave][column].map(code_names)
    return raw


def _read_harmonised(file: Path, types: dict[str, str]) -> pd.DataFrame:
    """Read a table that was harmonised before, with the types of the codebook."""
    if file.suffix == ".parquet":
        import_reader("pyarrow", extra="export")
        frame = pd.read_parquet(file)
    elif file.name.endswith((".csv", ".csv.gz")):
        frame = pd.read_csv(file, dtype="str", keep_default_na=False, na_values=[""])
    else:
        raise ValueError(f"{file.name} is no .parquet, .csv or .csv.gz file.")
    missing = [name for name in types if name not in frame]
    if missing:
        raise ValueError(
            f"{file.name} lacks the columns {', '.join(missing)} of the codebook."
            " Give a table that load_microdata made."
        )
    return pd.DataFrame({name: _set_type(frame[name], dtype) for name, dtype in types.items()})


def _set_type(values: pd.Series, dtype: str) -> pd.Series:
    if dtype in ("Int64", "float64"):
        return pd.to_numeric(values).astype(pandas_dtype(dtype))
    if dtype == "str":
        return values.astype("str")
    return pd.to_datetime(values.astype("str"), format="%Y-%m-%d").astype("datetime64[us]")


def _source_files() -> dict[str, str]:
    waves = read_table("microdata_waves")
    return dict(zip(waves["wave"], waves["source_file"], strict=True))
