"""Sources by their addresses: the row that is there, or a new one in the habit of the tables."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from polls.entry.draft import Draft, Row


def domain(url: str) -> str:
    """Name of the machine in an address, without www.

    Examples
    --------
    >>> domain("https://www.Levada.ru/2022/06/02/konflikt/")
    'levada.ru'
    """
    try:
        machine = urlsplit(url).hostname or ""
    except ValueError:  # a bracket; `check` names the cell
        return ""
    return machine.strip(".").removeprefix("www.")


def propose_id(url: str, kind: str) -> str:
    """Id of a source as the tables give it: its domain, a digest of the address, -s if secondary.

    Examples
    --------
    >>> propose_id("https://1prime.ru/20251003/opros-863109340.html", "secondary")
    '1prime-ru-aec429-s'
    """
    words = re.sub(r"[^a-z0-9]+", "-", domain(url)).strip("-") or "source"
    digest = hashlib.sha256(url.encode()).hexdigest()[:6]
    return f"{words}-{digest}" + ("-s" if kind == "secondary" else "")


@dataclass
class SourceBook:
    """The sources of a draft, and how to find or add one.

    Parameters
    ----------
    draft : Draft
        Tables to which new sources are added.
    """

    draft: Draft
    _by_url: dict[str, list[Row]] = field(init=False)
    _domains: dict[str, Counter[tuple[str, str]]] = field(init=False)
    _urls: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._by_url, self._domains, self._urls = {}, {}, {}
        for row in self.draft.rows("sources"):
            self.remember(row)
        self._homes = {domain(row["url"]) for row in self.draft.rows("houses") if row["url"]}

    def remember(self, row: Row) -> None:
        """Take a source into the book."""
        self._by_url.setdefault(row["url"], []).append(row)
        self._urls[row["source_id"]] = row["url"]
        counts = self._domains.setdefault(domain(row["url"]), Counter())
        counts[row["publisher"], row["kind"]] += 1

    def url(self, source_id: str) -> str:
        """Address of a source that is in the book."""
        return self._urls[source_id]

    def find(self, url: str, kind: str = "", publisher: str = "", notes: str = "") -> str:
        """Id of the source with an address; a new one is added to the draft.

        Parameters
        ----------
        url : str
            Address, compared letter by letter.
        kind : {"primary", "secondary", ""}
            Kind of use. Where it is not given: as in the tables, else as other pages of
            the same domain; the home of a house is primary, all else secondary.
        publisher, notes : str
            For a new source; the publisher of the domain's other pages, else the domain.
        """
        known = [row for row in self._by_url.get(url, []) if kind in ("", row["kind"])]
        if known:
            return min(known, key=lambda row: row["kind"])["source_id"]
        usual = self._domains.get(domain(url))
        usual_publisher, usual_kind = usual.most_common(1)[0][0] if usual else (domain(url), "")
        if not usual_kind:
            usual_kind = "primary" if domain(url) in self._homes else "secondary"
        kind = kind or usual_kind
        row = {
            "source_id": propose_id(url, kind),
            "url": url,
            "publisher": publisher or usual_publisher,
            "kind": kind,
            "title": "",
            "retrieved": "",
            "notes": notes,
        }
        self.draft.add("sources", row)
        self.remember(row)
        return row["source_id"]
