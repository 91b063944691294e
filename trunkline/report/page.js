(() => {
  "use strict";
  const report = JSON.parse(document.getElementById("report-data").textContent);
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const toggle = document.getElementById("theme");
  let chosen = null;
  let views = [];

  const theme = () => chosen || (dark.matches ? "dark" : "light");

  function rows(columns) {
    const names = Object.keys(columns);
    return (columns[names[0]] || []).map((_, at) => {
      const row = {};
      for (const name of names) {
        const column = columns[name];
        const value = column.places ? column.names[column.places[at]] : column[at];
        row[name] = name === "t" || name === "until" ? report.start + value * 1000 : value;
      }
      return row;
    });
  }

  const datasets = Object.fromEntries(
    Object.entries(report.datasets).map(([name, columns]) => [name, rows(columns)])
  );

  function colored(part, colors, key) {
    if (typeof part === "string") {
      return key !== "title" && part.startsWith("$") ? colors(part.slice(1)) : part;
    }
    if (Array.isArray(part)) return part.map((one) => colored(one, colors, key));
    if (part && typeof part === "object") {
      return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, colored(one, colors, name)]));
    }
    return part;
  }

  function config(color) {
    const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif";
    const axis = {
      domainColor: color("line"), tickColor: color("line"), gridColor: color("grid"), labelColor: color("soft"),
      titleColor: color("soft"), labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelPadding: 6,
    };
    return {
      background: "transparent", font, padding: { left: 0, right: 8, top: 8, bottom: 5 },
      view: { stroke: null }, axis, axisY: { domain: false, ticks: false },
      legend: { labelColor: color("soft"), labelFontSize: 12 }, text: { fontSize: 12 },
    };
  }

  async function draw() {
    const now = theme();
    root.dataset.theme = now;
    toggle.textContent = now === "dark" ? "Light" : "Dark";
    toggle.setAttribute("aria-label", `Show in ${now === "dark" ? "light" : "dark"} colours`);
    const style = getComputedStyle(root);
    const color = (name) => style.getPropertyValue(`--${name}`).trim();
    for (const view of views) view.finalize();
    views = await Promise.all(
      report.charts.map(({ id, renderer, spec }) =>
        vegaEmbed(
          document.getElementById(id),
          {
            $schema: "https://vega.github.io/schema/vega-lite/v6.json",
            width: "container", autosize: { type: "fit-x", contains: "padding" },
            ...colored(spec, color), datasets, config: config(color),
          },
          { actions: false, renderer: renderer || "svg", ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true } }
        )
      )
    );
    root.dataset.drawn = now;
  }

  toggle.hidden = false;
  toggle.addEventListener("click", () => { chosen = theme() === "dark" ? "light" : "dark"; draw(); });
  dark.addEventListener("change", draw);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  }
  draw();
})();
