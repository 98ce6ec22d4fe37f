// SPDX-License-Identifier: AGPL-3.0-or-later
// Draws <div data-chart='{…}'> as SVG; page.chart() writes it, forpa.js fetches this file when one comes into view.
// A chart: type "bar" | "line", categories [text], series [{name, values}], unit text, target number, horizontal, stacked.
// Only what bars and lines need of ECharts is bundled; the same numbers always stand in a table beside the drawing.
import { init, use } from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

const COLOURS = ["#0066cc", "#008055", "#995c00", "#5d7083", "#7b3fa0"]; // as .chart-key-1 … in forpa.css
const INK = "#17324d";
const TEXT = { color: INK, fontFamily: '"Titillium Web", sans-serif', fontSize: 14 };

function axes(chart, write) {
  const names = {
    type: "category",
    data: chart.categories,
    inverse: Boolean(chart.horizontal),
    axisLabel: TEXT,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: "#5d7083" } },
  };
  const values = {
    type: "value",
    axisLabel: { ...TEXT, formatter: write },
    splitLine: { lineStyle: { color: "#e3e7eb" } },
    max: (extent) => (chart.target > extent.max ? chart.target : null),
  };
  return chart.horizontal ? { xAxis: values, yAxis: names } : { xAxis: names, yAxis: values };
}

function drawings(chart, write) {
  const labelled = chart.type === "bar" && !chart.stacked && chart.series.length === 1;
  return chart.series.map((one, index) => ({
    type: chart.type,
    name: one.name,
    data: one.values,
    stack: chart.stacked ? "together" : undefined,
    barMaxWidth: 36,
    symbolSize: 8,
    color: COLOURS[index % COLOURS.length],
    label: {
      ...TEXT,
      show: labelled,
      position: chart.horizontal ? "right" : "top",
      formatter: (point) => write(point.value),
    },
  }));
}

function targetLine(chart) {
  const values = chart.categories.map(() => chart.target);
  const line = { color: INK, type: "dashed", width: 2 };
  return { type: "line", name: chart.targetName, data: values, symbol: "none", color: INK, lineStyle: line };
}

function draw(element) {
  const chart = JSON.parse(element.dataset.chart);
  const numbers = new Intl.NumberFormat(document.documentElement.lang || "it", { maximumFractionDigits: 1 });
  const write = (value) => (chart.unit ? `${numbers.format(value)} ${chart.unit}` : numbers.format(value));
  const hasTarget = chart.target != null && !chart.horizontal;
  const drawn = init(element, null, { renderer: "svg" });
  drawn.setOption({
    animation: false,
    textStyle: TEXT,
    grid: { left: 8, right: 64, top: 24, bottom: 8, containLabel: true },
    // an HTML tooltip would need inline styles, which the content security policy forbids
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: write, textStyle: TEXT },
    ...axes(chart, write),
    series: hasTarget ? [...drawings(chart, write), targetLine(chart)] : drawings(chart, write),
  });
  new ResizeObserver(() => drawn.resize()).observe(element);
}

document.querySelectorAll("[data-chart]").forEach(draw);
