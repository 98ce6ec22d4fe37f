// SPDX-License-Identifier: AGPL-3.0-or-later
// Draws <div data-chart='{…}'> as SVG; page.chart() writes it, forpa.js fetches this file when one comes into view.
// A chart: categories [text], series [{name, values}], unit text, horizontal, stacked.
// Only what bars need of ECharts is bundled; the same numbers always stand in a table beside the drawing.
import { init, use } from "echarts/core";
import { BarChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, GridComponent, SVGRenderer]);

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
  };
  return chart.horizontal ? { xAxis: values, yAxis: names } : { xAxis: names, yAxis: values };
}

function drawings(chart, write) {
  const labelled = !chart.stacked && chart.series.length === 1;
  return chart.series.map((one, index) => ({
    type: "bar",
    name: one.name,
    data: one.values,
    stack: chart.stacked ? "together" : undefined,
    barMaxWidth: 36,
    color: COLOURS[index % COLOURS.length],
    label: {
      ...TEXT,
      show: labelled,
      position: chart.horizontal ? "right" : "top",
      formatter: (point) => write(point.value),
    },
  }));
}

function draw(element) {
  const chart = JSON.parse(element.dataset.chart);
  const numbers = new Intl.NumberFormat(document.documentElement.lang || "it", { maximumFractionDigits: 1 });
  const write = (value) => (chart.unit ? `${numbers.format(value)} ${chart.unit}` : numbers.format(value));
  const drawn = init(element, null, { renderer: "svg" });
  drawn.setOption({
    animation: false,
    textStyle: TEXT,
    grid: { left: 8, right: 64, top: 24, bottom: 8, containLabel: true },
    ...axes(chart, write),
    series: drawings(chart, write),
  });
  new ResizeObserver(() => drawn.resize()).observe(element);
}

document.querySelectorAll("[data-chart]").forEach(draw);
