"use strict";

// A cell is a number (data-value), a text (data-text, or the head of a row), or missing.
function keyOf(cell) {
  if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
  if (cell.dataset.text !== undefined || cell.scope === "row") return cell.textContent;
  return null;
}

function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
  return one.localeCompare(other, undefined, { numeric: true });
}

const NEXT = { none: "ascending", ascending: "descending", descending: "none" };

function sort(body, rows, column, order) {
  const sign = order === "descending" ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: keyOf(row.cells[column]) }));
  if (order !== "none") {
    keyed.sort((a, b) =>
      a.key === null || b.key === null ? (a.key === null) - (b.key === null) : sign * compare(a.key, b.key));
  }
  body.append(...keyed.map(({ row }) => row));
}

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const rows = [...body.rows];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = "Sort";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const order = NEXT[head.getAttribute("aria-sort")];
      heads.forEach((each) => each.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", order);
      sort(body, rows, column, order);
    });
  });
}

// A row stays where each word of the filter stands in it, or over its table.
for (const section of document.querySelectorAll("section.table")) {
  const controls = section.querySelector(".filter");
  if (!controls) continue;
  const status = controls.querySelector("[role=status]");
  const facets = [...section.querySelectorAll(".facet")].map((element) => ({
    element,
    rows: [...element.querySelectorAll("tbody tr")].map((row) => ({
      row,
      text: `${element.querySelector("caption")?.textContent ?? ""} ${row.textContent}`.toLowerCase(),
    })),
  }));
  const all = facets.reduce((count, facet) => count + facet.rows.length, 0);
  controls.hidden = false;
  controls.querySelector("input").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { element, rows } of facets) {
      for (const { row, text } of rows) row.hidden = !words.every((word) => text.includes(word));
      const left = rows.filter(({ row }) => !row.hidden).length;
      element.hidden = left === 0;
      shown += left;
    }
    status.textContent = words.length ? `${shown} of ${all} rows` : "";
  });
}

// Paper cannot be opened: what is folded is unfolded for it.
const folded = [];
addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll("details:not([open])")) {
    each.open = true;
    folded.push(each);
  }
});
addEventListener("afterprint", () => {
  for (const each of folded.splice(0)) each.open = false;
});
