"use strict";
(() => {
  document.documentElement.classList.add("js");
  const text = (cell) => (cell ? cell.dataset.v ?? cell.textContent.trim() : "");
  const compare = (a, b) => {
    // Values that are unknown or do not apply come last in both orders.
    const [x, y] = [Number(a), Number(b)];
    return a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y) ? x - y : a.localeCompare(b);
  };
  const isAbsent = (value) => value === "" || value === "unknown";

  const sort = (table, head, column) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies].map((body) => [text(body.rows[0].cells[column]), body]);
    rows.sort(([a], [b]) =>
      isAbsent(a) || isAbsent(b) ? isAbsent(a) - isAbsent(b) : down ? compare(b, a) : compare(a, b),
    );
    table.append(...rows.map(([, body]) => body));
  };

  const toggle = (body) => {
    const more = body.rows[1];
    const open = more.classList.toggle("open");
    more.querySelector("details").open = open;
    body.querySelector(".open")?.setAttribute("aria-expanded", String(open));
  };

  const search = (table, wanted, count) => {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const body of table.tBodies) {
      body.words ??= body.textContent.toLowerCase();
      body.hidden = !words.every((word) => body.words.includes(word));
      shown += !body.hidden;
    }
    count.textContent = `${shown} of ${table.tBodies.length} rows`;
  };

  const addFilter = (table) => {
    const bar = document.createElement("div");
    const input = document.createElement("input");
    const count = document.createElement("span");
    bar.className = "bar";
    input.type = "search";
    input.placeholder = "Filter: words that all occur in a row";
    input.setAttribute("aria-label", `Filter ${table.dataset.name}`);
    count.setAttribute("role", "status");
    bar.append(input, count);
    table.before(bar);
    input.addEventListener("input", () => search(table, input.value, count));
    search(table, "", count);
  };

  const addSort = (table) => {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(table, head, column));
    });
  };

  const addDetails = (table) => {
    for (const body of table.tBodies) {
      const first = body.rows[0].cells[0];
      const button = document.createElement("button");
      button.type = "button";
      button.className = "open";
      button.setAttribute("aria-expanded", "false");
      button.append(first.firstChild ?? "details");
      first.prepend(button);
    }
    table.addEventListener("click", (event) => {
      const row = event.target.closest("tbody tr:first-child");
      // A selection of text is no click.
      if (row && String(getSelection()) === "") toggle(row.parentNode);
    });
  };

  const few = 8;
  for (const table of document.querySelectorAll("table")) {
    if (table.tBodies.length > few) addFilter(table);
    addSort(table);
    addDetails(table);
  }
})();
