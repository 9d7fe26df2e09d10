// Filters and sorts the table of polls. Without scripts the whole table stands there.
"use strict";
(() => {
  const table = document.getElementById("polls");
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const numbers = new Set(["n", "share"]);
  const tongues = Array.from(document.querySelectorAll(".tongues a"));

  function matches(row) {
    const data = row.dataset;
    return ["question", "house", "sector", "mode"].every(
      (name) => !form.elements[name].value || data[name] === form.elements[name].value)
      && (!form.elements.used.checked || "used" in data)
      && row.textContent.toLowerCase().includes(form.elements.words.value.trim().toLowerCase());
  }

  function filter() {
    let shown = 0;
    for (const row of rows) {
      row.hidden = !matches(row);
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = count.dataset.words.replace("{n}", shown).replace("{all}", rows.length);
    // The filters are kept when the language is changed; words are of this one.
    const chosen = Array.from(new FormData(form))
      .filter(([name, value]) => value && name !== "words");
    for (const link of tongues) link.hash = new URLSearchParams(chosen);
  }

  function sort(head) {
    const key = head.dataset.key;
    const down = head.getAttribute("aria-sort") !== "descending";
    const cell = head.cellIndex;
    const value = (row) => numbers.has(key) ? Number(row.dataset[key] || NaN)
      : key === "date" ? row.dataset.date : row.cells[cell].textContent.trim();
    const order = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (!numbers.has(key)) return x.localeCompare(y, document.documentElement.lang);
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || 0;
      return x - y;
    };
    const known = (row) => !(numbers.has(key) && Number.isNaN(value(row)));
    // What is not known stays at the end, whichever way the others are sorted.
    const sorted = rows.filter(known).sort(order);
    if (down) sorted.reverse();
    body.append(...sorted, ...rows.filter((row) => !known(row)));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  for (const head of table.tHead.rows[0].cells) {
    if (!head.dataset.key) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.title = table.dataset.sort;
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(head));
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  // A link such as polls.html#question=talks comes with its filter.
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (name === "used") form.elements.used.checked = true;
    else if (form.elements[name]) form.elements[name].value = value;
  }
  form.hidden = false;
  filter();
})();
