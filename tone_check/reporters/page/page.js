"use strict";
// Everything that comes from a mail reaches the page through textContent or an option's text, never as HTML.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const el = (tag, name, text) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // --- the charts ---------------------------------------------------------------------------------------------------
  const summary = data.summary;
  const percent = (x) => `${Math.round(100 * x)}%`;
  const rate = (d) => (d.messages ? d.flagged / d.messages : null);
  const month = (name) => new Date(Date.UTC(+name.slice(0, 4), +name.slice(5, 7) - 1));
  const titled = (d) => `${d.flagged} of ${d.messages} messages`;
  const labels = ["resentment", "blame", "unprofessional"];
  const colour = { domain: labels, range: labels.map((l) => `var(--${l})`) };

  // An object, not a string: a style attribute would be refused by the page's policy.
  const TEXT = { fontSize: "12.5px" };

  const charts = {
    months(width) {
      const rows = summary.months.map((d) => ({ ...d, date: month(d.month), clean: d.messages - d.flagged }));
      // A month of few messages says little by itself: the line is the share over three months.
      const smooth = rows.map((d, i) => {
        const near = rows.slice(Math.max(0, i - 1), i + 2);
        const total = d3.sum(near, (n) => n.messages);
        return { ...d, share: total ? d3.sum(near, (n) => n.flagged) / total : null };
      });
      return Plot.plot({
        width, height: 280, className: "chart", style: TEXT, marginLeft: 50, marginTop: 28, marginBottom: 42,
        ariaLabel: "Share of messages with a problem by month",
        x: { type: "utc", label: null }, y: { label: "share with a problem", tickFormat: percent, grid: true, zero: true, ticks: 5, nice: true, domain: [0, Math.max(0.05, d3.max(rows, rate) ?? 0)] },
        r: { range: [2, 7] },
        marks: [
          Plot.ruleY([0], { stroke: "var(--quiet)" }),
          Plot.areaY(smooth, { x: "date", y: "share", fill: "var(--accent)", fillOpacity: 0.12, curve: "monotone-x" }),
          Plot.lineY(smooth, { x: "date", y: "share", stroke: "var(--accent)", strokeWidth: 2.5, curve: "monotone-x" }),
          Plot.dot(rows.filter((d) => d.messages), { x: "date", y: rate, r: "messages", fill: "var(--accent)", fillOpacity: 0.45,
            title: (d) => `${d.month}: ${titled(d)}`, tip: true }),
        ],
      });
    },
    labels(width) {
      const rows = summary.months.flatMap((d) => labels.map((label) => ({ date: month(d.month), label, count: d[label] })));
      return Plot.plot({
        width, height: 230, className: "chart", style: TEXT, marginLeft: 44, marginBottom: 44,
        ariaLabel: "Messages by label and month",
        x: { interval: "month", type: "band", label: null, ticks: Math.max(1, Math.round(width / 90)), tickFormat: d3.utcFormat("%b %y"),
          ...thinned(summary.months.map((d) => month(d.month)), width) },
        y: { label: "messages", grid: true, tickFormat: "d", ticks: 4 },
        color: { ...colour, legend: false },
        marks: [
          Plot.ruleY([0], { stroke: "var(--quiet)" }),
          Plot.barY(rows, { x: "date", y: "count", fill: "label", tip: true }),
        ],
      });
    },
    hours(width) {
      return Plot.plot({
        width, height: 230, className: "chart", style: TEXT, marginLeft: 44, marginBottom: 44,
        ariaLabel: "Share of messages with a problem by hour of the day",
        x: { type: "band", label: "hour of the day, by your own clock", domain: d3.range(24), tickFormat: (h) => (h % 3 ? "" : `${h}`), labelArrow: "none" },
        y: { label: "share with a problem", grid: true, tickFormat: percent, ticks: 4 },
        opacity: { type: "sqrt", range: [0.25, 1] },
        marks: [
          Plot.ruleY([0], { stroke: "var(--quiet)" }),
          Plot.barY(summary.hours.filter((d) => d.messages), { x: "hour", y: rate, fill: "var(--accent)", fillOpacity: "messages",
            title: (d) => `${d.hour}:00 to ${d.hour}:59\n${titled(d)}`, tip: true }),
        ],
      });
    },
    acts(width) {
      const rows = Object.entries(summary.acts).map(([name, count]) => ({ name, count }));
      return bars(rows, width, { y: "name", x: "count", label: "sentences", aria: "What the flagged sentences do" });
    },
    people: (width) => shares(summary.people, "address", width, "Messages by correspondent"),
    domains: (width) => shares(summary.domains, "domain", width, "Messages by domain"),
    checklist(width) {
      const names = { thanks: "says thank you", "accepts-decision": "accepts the decision", "feedback-request": "asks for feedback",
        "continued-interest": "stays interested", "single-clear-ask": "asks one clear thing", "keeps-cool": "keeps cool" };
      const rows = Object.entries(summary.guidance.checklist).map(([item, d]) => {
        const fits = d.done + d.missed;
        return { name: names[item], share: fits ? d.done / fits : 0, done: d.done, fits };
      });
      return Plot.plot({
        width, height: 8 + 40 * rows.length, marginTop: 4, marginBottom: 4, className: "chart", style: TEXT, marginLeft: 150, marginRight: 44, ariaLabel: "How often the guidance was followed",
        x: { domain: [0, 1], axis: null }, y: { label: null, domain: rows.map((d) => d.name), tickSize: 0 },
        marks: [
          Plot.barX(rows, { x1: 0, x2: 1, y: "name", fill: "var(--line)", inset: 5, rx: 4 }),
          Plot.barX(rows, { x1: 0, x2: "share", y: "name", fill: "var(--good)", inset: 5, rx: 4, title: (d) => `${d.done} of ${d.fits} messages it fits`, tip: true }),
          Plot.text(rows, { x: 1, y: "name", text: (d) => (d.fits ? percent(d.share) : "–"), textAnchor: "start", dx: 6 }),
        ],
      });
    },
    rhythm(width) {
      const name = (d) => (d.to === null ? `${d.from}+` : d.to === 2 ? "under 2" : `${d.from}–${d.to}`);
      const rows = summary.guidance.rhythm.bands.map((d) => ({ ...d, name: name(d) }));
      return Plot.plot({
        width, height: 240, className: "chart", style: TEXT, marginLeft: 44, marginBottom: 44, ariaLabel: "Days between messages to the same person without an answer",
        x: { domain: rows.map((d) => d.name), label: "days since the message before, unanswered", labelArrow: "none" },
        y: { label: "follow-ups", grid: true, tickFormat: "d", ticks: 4 },
        marks: [
          Plot.ruleY([0], { stroke: "var(--quiet)" }),
          Plot.barY(rows, { x: "name", y: "count", fill: (d) => (d.from === 21 ? "about a month" : "other"), tip: { format: { fill: false } } }),
        ],
        color: { domain: ["about a month", "other"], range: ["var(--good)", "var(--quiet)"] },
      });
    },
  };

  // Band axes name every band; of many months only some get a name.
  function thinned(values, width) {
    const every = Math.max(1, Math.ceil(values.length / (width / 85)));
    return { ticks: values.filter((_, i) => i % every === 0) };
  }
  const short = (text) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

  function bars(rows, width, { y, x, label, aria }) {
    return Plot.plot({
      width, height: 8 + 27 * rows.length, marginTop: 4, marginBottom: 4, className: "chart", style: TEXT, marginLeft: 150, marginRight: 36, ariaLabel: aria,
      x: { axis: null, label }, y: { label: null, domain: rows.map((d) => d[y]), tickSize: 0, tickFormat: short },
      marks: [
        Plot.barX(rows, { x, y, fill: "var(--accent)", insetTop: 3, insetBottom: 3, rx: 3 }),
        Plot.text(rows, { x, y, text: (d) => `${d[x]}`, textAnchor: "start", dx: 5 }),
      ],
    });
  }

  function shares(all, key, width, aria) {
    const rows = all.slice(0, 12);
    return Plot.plot({
      width, height: 8 + 27 * rows.length, marginTop: 4, marginBottom: 4, className: "chart", style: TEXT, marginLeft: 190, marginRight: 74, ariaLabel: aria,
      x: { axis: null }, y: { label: null, domain: rows.map((d) => d[key]), tickSize: 0, tickFormat: short },
      marks: [
        Plot.barX(rows, { x: "messages", y: key, fill: "var(--quiet)", insetTop: 3, insetBottom: 3, rx: 3 }),
        Plot.barX(rows, { x: "flagged", y: key, fill: "var(--accent)", insetTop: 3, insetBottom: 3, rx: 3, title: (d) => `${d[key]}\n${titled(d)}`, tip: true }),
        Plot.text(rows, { x: "messages", y: key, text: (d) => `${d.flagged} of ${d.messages}`, textAnchor: "start", dx: 5 }),
      ],
    });
  }

  function draw() {
    for (const place of document.querySelectorAll("[data-chart]")) {
      const width = Math.max(280, Math.floor(place.clientWidth));
      const chart = charts[place.dataset.chart](width);
      chart.setAttribute("role", "img");
      place.replaceChildren(chart);
    }
  }
  draw();
  let waiting;
  window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 150); });

  // --- the sentences ------------------------------------------------------------------------------------------------
  const PAGE = 25;
  const sentences = data.sentences.map((s) => ({
    ...s, month: s.date ? s.date.slice(0, 7) : "undated",
    haystack: [s.text, ...s.before, ...s.after, ...s.to, s.source].join("\n").toLowerCase(),
  }));
  const filters = { text: byId("f-text"), label: byId("f-label"), act: byId("f-act"), month: byId("f-month"), to: byId("f-to") };
  const offer = (select, values) => {
    for (const [value, count] of values) {
      const option = el("option", "", `${value} (${count})`);
      option.value = value;
      select.append(option);
    }
    if (!values.length) select.parentElement.hidden = true;
  };
  const counted = (all) => [...d3.rollup(all, (v) => v.length, (v) => v)];
  const frequent = (all) => counted(all).sort((a, b) => b[1] - a[1] || d3.ascending(a[0], b[0]));
  offer(filters.label, frequent(sentences.flatMap((s) => s.labels)));
  offer(filters.act, frequent(sentences.flatMap((s) => s.acts)));
  offer(filters.month, counted(sentences.map((s) => s.month)).sort((a, b) => d3.ascending(a[0], b[0])));
  offer(filters.to, frequent(sentences.flatMap((s) => s.to)).slice(0, 100));

  // The words that did it are marked; two may overlap, and the longer one wins.
  function said(sentence) {
    const node = el("span", "said");
    const words = [...new Set(sentence.evidence)].filter(Boolean).sort((a, b) => b.length - a.length);
    const places = [];
    for (const word of words) {
      const at = sentence.text.indexOf(word);
      if (at >= 0 && places.every((p) => at + word.length <= p[0] || at >= p[1])) places.push([at, at + word.length]);
    }
    places.sort((a, b) => a[0] - b[0]);
    let from = 0;
    for (const [start, end] of places) {
      node.append(sentence.text.slice(from, start), el("mark", "", sentence.text.slice(start, end)));
      from = end;
    }
    node.append(sentence.text.slice(from));
    return node;
  }

  function card(sentence) {
    const item = el("li");
    const meta = el("p", "meta");
    for (const label of sentence.labels) meta.append(el("span", `label ${label}`, label));
    if (sentence.acts.length) meta.append(el("span", "", sentence.acts.join(", ")));
    if (sentence.date) {
      const when = el("time", "", sentence.date);
      when.dateTime = sentence.date;
      meta.append(when);
    }
    if (sentence.to.length) meta.append(el("span", "", `to ${sentence.to.join(", ")}`));
    meta.append(el("span", "source", sentence.source));
    const quote = el("blockquote");
    if (sentence.before.length) quote.append(el("span", "context", `${sentence.before.join(" ")} `));
    quote.append(said(sentence));
    if (sentence.after.length) quote.append(el("span", "context", ` ${sentence.after.join(" ")}`));
    item.append(meta, quote);
    const first = sentence.suggestions[0];
    if (first) {
      const box = el("p", "instead");
      box.append(el("b", "", first.kind === "remove" ? "Leave it out. " : "Instead: "), first.text);
      if (first.why) box.append(el("span", "", first.why));
      item.append(box);
    }
    return item;
  }

  let found = [];
  let shown = 0;
  function more() {
    const next = found.slice(shown, shown + PAGE);
    byId("list").append(...next.map(card));
    shown += next.length;
    byId("more").hidden = shown >= found.length;
  }
  function filter() {
    const words = filters.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = sentences.filter((s) =>
      words.every((w) => s.haystack.includes(w)) &&
      (!filters.label.value || s.labels.includes(filters.label.value)) &&
      (!filters.act.value || s.acts.includes(filters.act.value)) &&
      (!filters.month.value || s.month === filters.month.value) &&
      (!filters.to.value || s.to.includes(filters.to.value)));
    byId("list").replaceChildren();
    shown = 0;
    more();
    byId("count").textContent = found.length === 1 ? "1 sentence" : `${found.length} sentences`;
  }
  for (const control of Object.values(filters)) control.addEventListener("input", filter);
  document.querySelector("form.filters").addEventListener("submit", (event) => event.preventDefault());
  byId("more").addEventListener("click", () => {
    const next = shown;
    more();
    // The keyboard's focus goes on where the new ones begin.
    const item = byId("list").children[next];
    item.tabIndex = -1;
    item.focus();
  });
  filter();
})();
