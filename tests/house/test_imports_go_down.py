"""Imports only go down: to a lower package, and inside a package to a lower room."""

import ast
from collections.abc import Mapping

import pytest
from helpers.imports import find_arrows, find_imports, name_folder, name_module, read_sources

OURS = {"polls", "analysis", "figures", "web", "notebooks", "tests", "benchmarks"}
# package: what its modules may import of ours, besides itself
MODULES: dict[str, set[str]] = {
    "polls": set(),
    "analysis": set(),
    "figures": {"analysis"},
    "web": {"polls", "analysis", "figures"},
}
# The three doors of the command line fetch frames from polls and hand them down.
DOORS = MODULES | {"analysis": {"polls"}, "figures": {"analysis", "polls"}}
# The data package knows no model and no picture; the models draw nothing.
FOREIGN = {"polls": {"matplotlib", "scipy", "statsmodels"}, "analysis": {"matplotlib"}}
# Draws tables on axes of a caller; what imports it does so when a plot is asked for.
DRAWS = "analysis/present/plots.py"
# The rooms of each package, floor by floor from the lowest. A room is a folder, or a module that
# lies beside the folders; rooms of one floor do not know each other.
FLOORS: dict[str, list[set[str]]] = {
    "polls": [
        {"polls._start"},
        {"polls.names"},
        {"polls.tables"},
        {"polls.tidy", "polls.microdata"},
        {"polls.rules"},
        {"polls.entry"},
        {"polls"},
        {"polls.__main__"},
    ],
    "analysis": [
        {"analysis._start"},
        {"analysis.base"},
        {"analysis.observations"},
        {"analysis.present"},
        {"analysis.integrate"},
        {"analysis.parties"},
        {"analysis.trend.solver"},
        {"analysis.trend.hyperparameters"},
        {"analysis.trend"},
        {"analysis.claims"},  # who asks as of a date takes it from there
        {
            "analysis.composition",
            "analysis.groups",
            "analysis.list_experiments",
            "analysis.questions",
            "analysis.sensitivity",
        },
        {"analysis.evaluate.runner"},
        {"analysis.evaluate", "analysis.findings"},
        {"analysis.cli.files"},
        {"analysis.cli"},
        {"analysis.cli.evaluate"},
        {"analysis"},
        {"analysis.__main__"},
    ],
    "figures": [
        {"figures._start"},
        {"figures.kit"},
        {"figures.card"},
        {"figures.fitted_polls"},
        {"figures.processes"},
        {"figures.support"},
        {"figures.groups", "figures.hidden", "figures.questions"},
        {"figures.catalogue"},
        {"figures"},
        {"figures.__main__"},
    ],
    "web": [
        {"web._start"},
        {"web.kit"},
        {"web.material"},
        {"web.waves"},
        {"web.chart", "web.pictures"},
        {"web.pages"},
        {"web.build"},
        {"web"},
        {"web.__main__"},
    ],
}
# Frames come in and results go out: of the models, only the command line opens files.
OPENERS = {"open", "read_csv", "read_json", "read_parquet", "read_excel", "read_text", "read_bytes"}
OPENERS |= {"write_text", "write_bytes", "to_csv", "to_json", "to_parquet", "to_excel"}
MAY_OPEN = {"analysis.cli.files", "analysis.cli", "analysis.cli.evaluate", "analysis.__main__"}


def find_forbidden(path: str, source: str) -> set[str]:
    """Packages that a module imports and must not know: ours, foreign, or without a name."""
    package = path.split("/")[0]
    allowed = (DOORS if path.endswith("/__main__.py") else MODULES)[package] | {package}
    found = {taken.module.split(".")[0] or "relative" for taken in find_imports(source)}
    foreign = set() if path == DRAWS else FOREIGN.get(package, set())
    return (found & OURS - allowed) | (found & (foreign | {"relative"}))


def name_room(path: str) -> str:
    """The room that a module lies in."""
    folder = name_folder(path)
    return folder if "." in folder else name_module(path)


def find_climbs(sources: Mapping[str, str]) -> set[tuple[str, str]]:
    """Imports that lead up, or to another room of the same floor."""
    floors = {
        room: floor for rooms in FLOORS.values() for floor, at in enumerate(rooms) for room in at
    }
    rooms = {name_module(path): name_room(path) for path in sources}
    lost = set(rooms.values()) - set(floors)
    assert not lost, f"on which floor of FLOORS are {', '.join(sorted(lost))}?"
    return {
        (module, target)
        for module, targets in find_arrows(sources).items()
        for target in targets
        if rooms[module] != rooms[target]
        and module.split(".")[0] == target.split(".")[0]
        and floors[rooms[target]] >= floors[rooms[module]]
    }


def find_opened(source: str) -> set[str]:
    """Functions by which a module opens a file."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    # A function called read_text that is no method reads a column.
    methods = {call.attr for call in calls if isinstance(call, ast.Attribute)} & OPENERS
    return methods | ({call.id for call in calls if isinstance(call, ast.Name)} & {"open"})


@pytest.mark.parametrize("package", sorted(MODULES))
def test_no_module_imports_what_it_must_not_know(package: str) -> None:
    sources = read_sources(package)
    assert sources, f"{package} has no modules"
    found = {path: find_forbidden(path, source) for path, source in sources.items()}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("package", sorted(FLOORS))
def test_inside_a_package_imports_lead_to_a_lower_floor(package: str) -> None:
    assert find_climbs(read_sources(package)) == set()


def test_of_the_models_only_the_command_line_opens_files() -> None:
    found = {
        path: find_opened(source)
        for path, source in read_sources("analysis").items()
        if name_room(path) not in MAY_OPEN
    }
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("polls/tidy/_series.py", "import analysis"),
        ("polls/__main__.py", "from figures.support.trend import plot_trend"),
        ("polls/tidy/_series.py", "from matplotlib import pyplot"),
        ("analysis/trend/model.py", "import polls.tables"),
        ("analysis/trend/model.py", "def fit():\n    from polls import load"),
        ("analysis/trend/model.py", "import importlib\nimportlib.import_module('polls.tables')"),
        ("analysis/__main__.py", "import figures"),
        ("analysis/cli/trend.py", "import polls"),
        ("figures/support/trend.py", "from polls.tables import load"),
        ("figures/support/trend.py", "from tests import conftest"),
        ("figures/support/trend.py", "from . import style"),
        ("figures/catalogue.py", "import web"),
    ],
)
def test_a_planted_arrow_is_found(path: str, source: str) -> None:
    assert find_forbidden(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("polls/rules/_check.py", "from polls.tables import tables"),
        ("analysis/__main__.py", "import polls"),
        ("figures/support/trend.py", "from analysis import PollTrend"),
        ("figures/__main__.py", "import polls, analysis"),
        ("web/build.py", "import polls, analysis, figures"),
    ],
)
def test_an_arrow_down_is_allowed(path: str, source: str) -> None:
    assert not find_forbidden(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("analysis/base/priors.py", "from analysis.trend.model import PollTrend"),
        ("analysis/trend/solver/filter.py", "from analysis.trend import model"),
        ("analysis/groups/fit.py", "from analysis.questions import events"),
        ("analysis/trend/model.py", "def fit():\n    import analysis.questions.events"),
        ("analysis/claims/levels.py", "from analysis import PollTrend"),
        ("analysis/trend/results.py", "if TYPE_CHECKING:\n    from analysis.cli import trend"),
    ],
)
def test_a_planted_climb_is_found(path: str, source: str) -> None:
    targets = ["__init__", "trend/__init__", "trend/model", "questions/events", "cli/trend"]
    sources = {f"analysis/{name}.py": "" for name in targets} | {path: source}
    assert [module for module, _ in find_climbs(sources)] == [name_module(path)]


def test_a_step_down_or_inside_a_room_is_no_climb() -> None:
    sources = {
        "analysis/base/priors.py": "from analysis.base.arrays import Array",
        "analysis/base/arrays.py": "",
        "analysis/trend/model.py": "from analysis.base import priors",
    }
    assert find_climbs(sources) == set()


@pytest.mark.parametrize(
    "source", ["open('a.csv')", "pd.read_csv(path)", "Path(name).read_text()", "frame.to_csv(out)"]
)
def test_a_planted_file_is_found(source: str) -> None:
    assert find_opened(source)
