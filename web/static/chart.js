// The chart of the front page. The picture stands there until all of it is ready.
"use strict";
(() => {
  const root = document.getElementById("chart");
  const form = document.getElementById("choices");
  const detail = document.getElementById("detail");
  const summary = document.getElementById("level");
  const plot = document.getElementById("plot");
  const title = plot.getAttribute("aria-label");
  const words = JSON.parse(root.dataset.words);
  const names = JSON.parse(root.dataset.names);
  const lang = document.documentElement.lang;
  const { spec, lines } = window.CHART;
  let view, dots = [], chosen = -1;

  const number = (value, digits = 0) =>
    value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const value = (name) => form.elements[name].value;

  // Named in the reader's language: the titles of a tooltip are keys of the words.
  function translate(node) {
    if (Array.isArray(node)) node.forEach(translate);
    else if (node && typeof node === "object") {
      if (Array.isArray(node.tooltip)) {
        for (const field of node.tooltip) field.title = words[field.title] || field.title;
      }
      Object.values(node).forEach(translate);
    }
    return node;
  }

  function currentLine() {
    const { dates, lines: all } = lines[value("question")][value("measure")];
    const line = all[value("reference")];
    if (!line) return [];
    const [low, high] = form.elements.shared.checked ? ["low", "high"] : ["lower", "upper"];
    return dates.map((date, i) =>
      ({ date: Date.parse(date), mean: line.mean[i], lower: line[low][i], upper: line[high][i] }));
  }

  function currentDots() {
    const measure = value("measure");
    return window.POLLS[value("question")]
      .filter((poll) => poll[measure] !== null)
      .filter((poll) => !value("sector") || poll.sector === value("sector"))
      .map((poll) => ({ ...poll, date: Date.parse(poll.date), value: poll[measure],
        share: fill(words.percent, { n: number(poll[measure], Number.isInteger(poll[measure]) ? 0 : 1) }) }))
      .sort((a, b) => a.date - b.date);
  }

  function listReferences() {
    const select = form.elements.reference;
    const before = select.value || "panel";
    const { panel, lines: all } = lines[value("question")][value("measure")];
    select.replaceChildren(...Object.keys(all).map((key) => {
      const name = key === "panel"
        ? fill(words.panel, { names: panel.map((house) => names[house]).join(", ") })
        : names[key];
      return new Option(name, key, false, key === before);
    }));
    if (select.selectedIndex < 0) select.value = "panel";
  }

  function update() {
    const line = currentLine();
    dots = currentDots();
    chosen = -1;
    const last = line[line.length - 1];
    summary.textContent = last ? fill(words.level, {
      mean: number(last.mean), low: number(last.lower), high: number(last.upper),
      day: new Date(last.date).toLocaleDateString(lang === "en" ? "en-GB" : lang,
        { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }),
      polls: dots.length,
    }) : "";
    view.description(`${title}. ${summary.textContent}`);
    return view.data("line", line).data("dots", dots).runAsync();
  }

  function tell(poll) {
    const link = document.createElement("a");
    link.href = poll.url;
    link.textContent = words.source;
    const head = document.createElement("strong");
    head.textContent = `${poll.pollster}, ${poll.days}: ${poll.share}`;
    const asked = document.createElement("q");
    asked.lang = "en";
    asked.textContent = poll.wording;
    detail.replaceChildren(head, ` · ${words.n}: ${poll.n} · ${poll.mode} · `, asked, " · ", link);
  }

  function step(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1, Home: -dots.length, End: dots.length }[event.key];
    if (!move || !dots.length) return;
    event.preventDefault();
    chosen = Math.min(Math.max(chosen + move, 0), dots.length - 1);
    tell(dots[chosen]);
    view.data("dots", dots.map((dot, i) => ({ ...dot, picked: i === chosen }))).runAsync();
  }

  const plan = translate(structuredClone(spec));
  plan.datasets = { half: [{ value: 50 }], line: [], dots: [] };
  listReferences();
  window.vegaEmbed("#plot", plan, {
    actions: false, ast: true, renderer: "svg", defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
  }).then(async (made) => {
    view = made.view;
    // Vega takes the element for a document, named in English.
    plot.setAttribute("role", "application");
    plot.removeAttribute("aria-roledescription");
    view.addEventListener("pointerover", (_, item) => {
      if (item && item.datum && item.datum.wording) tell(item.datum);
    });
    form.addEventListener("input", (event) => {
      if (["question", "measure"].includes(event.target.name)) listReferences();
      update();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    root.addEventListener("keydown", step);
    await update();
    root.hidden = false;
    const printed = document.getElementById("printed");
    printed.open = false;
    window.addEventListener("beforeprint", () => { printed.open = true; });
    window.addEventListener("afterprint", () => { printed.open = false; });
    // It was hidden, without a width: Vega-Lite measures its place anew when the window is resized.
    window.dispatchEvent(new Event("resize"));
    await view.runAsync();
    root.dataset.ready = "yes";
  });
})();
