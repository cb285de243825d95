"use strict";
(() => {
  const all = (query, from = document) => Array.from(from.querySelectorAll(query));
  const one = (id) => document.getElementById(id);

  // Sorting: the value a cell was made from, not what it looks like; what is missing comes last.
  const worth = (cell, kind) => {
    if (kind === "number") return "value" in cell.dataset ? Number(cell.dataset.value) : null;
    return cell.textContent.trim().toLowerCase();
  };
  const sort = (table, column, heading) => {
    const kind = heading.dataset.sort;
    const isUp = heading.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).map((row) => [worth(row.cells[column], kind), row]);
    const sign = isUp ? -1 : 1;
    rows.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (a < b ? -1 : a > b ? 1 : 0);
    });
    for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", isUp ? "descending" : "ascending");
    body.append(...rows.map(([, row]) => row));
  };
  for (const table of all("table.sortable")) {
    Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
      if (!heading.dataset.sort) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => sort(table, column, heading));
    });
  }

  // Filtering the league table.
  const league = one("league");
  if (league) {
    const fields = ["find", "by-segment", "by-zone"].map(one);
    const filter = () => {
      const [text, segment, zone] = fields.map((field) => field.value);
      const wanted = text.trim().toLowerCase();
      const rows = Array.from(league.tBodies[0].rows);
      let shown = 0;
      for (const row of rows) {
        const isShown = row.cells[1].textContent.toLowerCase().includes(wanted)
          && (!segment || row.dataset.segment === segment)
          && (!zone || row.dataset.zone === zone);
        row.hidden = !isShown;
        shown += isShown;
      }
      one("found").textContent = `${shown} of ${rows.length} shown`;
    };
    for (const field of fields) field.addEventListener("input", filter);
    filter();
  }

  // One client at a time.
  const choice = one("switch");
  if (choice) {
    const panels = all("#panels > details");
    for (const panel of panels) choice.add(new Option(panel.querySelector("summary").textContent, panel.id));
    const show = (id) => {
      for (const panel of panels) {
        panel.open = panel.id === id;
        panel.hidden = panel.id !== id;
      }
      choice.value = id;
    };
    const move = (step) => {
      const at = panels.findIndex((panel) => panel.id === choice.value);
      show(panels[(at + step + panels.length) % panels.length].id);
    };
    choice.addEventListener("change", () => show(choice.value));
    one("previous").addEventListener("click", () => move(-1));
    one("next").addEventListener("click", () => move(1));
    const follow = () => {
      const id = location.hash.slice(1);
      if (!panels.some((panel) => panel.id === id)) return;
      show(id);
      one(id).scrollIntoView();
      one(id).querySelector("summary").focus({ preventScroll: true });
    };
    window.addEventListener("hashchange", follow);
    if (panels.length) show(panels[0].id);
    follow();
  }
  for (const tools of all(".tools[hidden]")) tools.hidden = false;

  // What is folded is printed too, but for the numbers behind a chart.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = all("details:not([open]):not(.data):not(.panel)");
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
})();
