"""The reference of public names, from their docstrings: a page for each face of the packages."""

import importlib
import pkgutil
import re
import warnings
from collections.abc import Iterator
from functools import partial
from inspect import cleandoc
from typing import Any

import pdoc.doc
from markupsafe import Markup
from pdoc.docstrings import convert
from pdoc.render_helpers import to_html

from web.kit import Page, View
from web.pages.notebooks import clean

PACKAGES = ("polls", "analysis", "figures")
# :func:`~analysis.claims.claim` reads as its last name, :class:`PollTrend` as it stands.
ROLE = re.compile(r":(?:func|class|meth|mod|data|attr):`(~?)([^`]+)`")
# With the name that a link would lead to.
HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>")
# An address in memory is another on every run.
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def list_pages() -> Iterator[Page]:
    """Give the list of faces and the page of each."""
    faces = [pdoc.doc.Module(importlib.import_module(name)) for name in find_faces()]
    for face in faces:
        yield Page(f"api/{face.fullname}.html", "face", partial(_show, _tell(face)), room="data")
    yield Page("api/index.html", "api", partial(_list, faces), room="data")


def find_faces() -> list[str]:
    """Dotted names of the packages and of the folders in them, each with public names.

    Examples
    --------
    >>> find_faces()[0], "analysis.claims" in find_faces()
    ('polls', True)
    """
    names = []
    for package in PACKAGES:
        module = importlib.import_module(package)
        inside = pkgutil.iter_modules(module.__path__, f"{package}.")
        names += [package, *(found.name for found in inside if found.ispkg)]
    return names


def _list(faces: list[pdoc.doc.Module], view: View) -> dict[str, Any]:
    return {
        "title": view.t("room.api"),
        "description": view.t("api.intro"),
        "faces": [{"name": face.fullname, "about": _tell_shortly(face)} for face in faces],
    }


def _show(told: dict[str, Any], view: View) -> dict[str, Any]:
    del view  # docstrings are English in every language
    return told


def _tell(face: pdoc.doc.Module) -> dict[str, Any]:
    names = sorted(face.obj.__all__, key=str.casefold)
    with warnings.catch_warnings():
        # Series[Any] stands in annotations for type checkers: at run time there is no such thing.
        warnings.simplefilter("ignore", UserWarning)
        members = [_describe(found) for name in names if (found := face.get(name)) is not None]
    return {
        "title": face.fullname,
        "description": _tell_shortly(face),
        "about": write_docstring(face.docstring),
        "members": members,
    }


def _tell_shortly(face: pdoc.doc.Module) -> str:
    """First line of a docstring as plain text."""
    return ROLE.sub(_name_role, face.docstring.split("\n")[0]).replace("`", "")


def _describe(member: pdoc.doc.Doc[Any]) -> dict[str, Any]:
    methods = []
    if isinstance(member, pdoc.doc.Class):
        methods = [
            {
                "anchor": f"{member.name}.{method.name}",
                "signature": _sign(method),
                "doc": write_docstring(method.docstring),
            }
            for method in member.own_members
            if not method.name.startswith("_") and method.docstring
        ]
    return {
        "name": member.name,
        "signature": _sign(member),
        "doc": write_docstring(member.docstring),
        "methods": methods,
    }


def _sign(member: pdoc.doc.Doc[Any]) -> str:
    """How it is called; empty where it is not."""
    maker = member.get("__init__") if isinstance(member, pdoc.doc.Class) else member
    if not isinstance(maker, pdoc.doc.Function):
        return ""
    is_class = maker is not member
    signature = maker.signature_without_self if is_class else maker.signature
    return member.name + ADDRESS.sub("", str(signature))


def write_docstring(text: str) -> Markup:
    r"""A numpydoc docstring as HTML, its examples as they are tested.

    Examples
    --------
    >>> write_docstring("See :func:`polls.load`.")
    Markup('<p>See <code>polls.load</code>.</p>')
    >>> print(write_docstring("Returns\n-------\nint\n    Rows.").partition("<ul>")[0].strip())
    <p><strong>Returns</strong></p>
    """
    plain = ROLE.sub(_name_role, cleandoc(text))
    # A heading in a docstring names a part of it, and is no level of the page.
    html = HEADING.sub(r"<p><strong>\1</strong></p>", str(to_html(convert(plain, "numpy", None))))
    html = clean(html).replace("<pre>", '<pre tabindex="0">')
    return Markup(html.strip())


def _name_role(found: re.Match[str]) -> str:
    is_short, name = found.groups()
    return f"`{name.rpartition('.')[2] if is_short else name}`"
