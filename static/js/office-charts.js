// <office-charts>: asks for the numbers again now and then, and puts them into the tables of its charts.

import { label } from "./office-times.js";
import "./office-chart.js";
import { RefreshedPart } from "./refreshed-part.js";

class OfficeCharts extends RefreshedPart {
  take(text) {
    const totals = JSON.parse(text);
    for (const chart of this.querySelectorAll("office-chart")) this.#fill(chart, totals);
  }

  #fill(chart, totals) {
    const paths = [...chart.querySelectorAll("[data-path]")].map(({ dataset }) => dataset.path.split("."));
    const rows = totals[chart.dataset.rows].map((entry) => {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = this.#label(entry);
      row.append(head, ...paths.map((path) => cell(path.reduce((value, name) => value?.[name], entry))));
      return row;
    });
    chart.querySelector("tbody").replaceChildren(...rows);
    chart.draw();
  }

  #label({ at_ms: atMs, name, hour }) {
    if (atMs !== undefined) return label(atMs, this.dataset.zone);
    return name ?? `${String(hour).padStart(2, "0")}:00`;
  }
}

function cell(value) {
  const element = document.createElement("td");
  element.textContent = value === null || value === undefined ? "" : Math.round(value);
  return element;
}

customElements.define("office-charts", OfficeCharts);
