/** Draws the curves of a report, and draws them again when its language or its width changes. */

import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { type Curve, type Language, optionOf } from "./curves.ts";

use([CustomChart, LineChart, ScatterChart, GridComponent, TooltipComponent, SVGRenderer]);

const root = document.documentElement;

function languageOf(page: HTMLElement): Language {
  return page.dataset.language === "en" ? "en" : "zh";
}

function draw(figure: HTMLElement): void {
  const plot = figure.querySelector<HTMLElement>(".plot");
  const figures = figure.querySelector('script[type="application/json"]')?.textContent;
  if (!plot || !figures) return;
  const curve = JSON.parse(figures) as Curve;
  figure.classList.add("drawn");
  const chart = init(plot, null, { renderer: "svg" });
  const speak = (): void => {
    const language = languageOf(root);
    plot.setAttribute("aria-label", curve.words[language].described ?? "");
    chart.setOption({ ...optionOf(curve, language), textStyle: { fontFamily: getComputedStyle(document.body).fontFamily } });
  };
  speak();
  new MutationObserver(speak).observe(root, { attributeFilter: ["data-language"] });
  new ResizeObserver(() => chart.resize()).observe(plot);
  const table = figure.querySelector("details");
  if (table) table.open = false; // it was there for who sees no drawing
}

for (const figure of document.querySelectorAll<HTMLElement>("figure.chart")) draw(figure);
