// SPDX-License-Identifier: AGPL-3.0-or-later
// Builds app/static/vendor from node_modules: node assets/build.mjs, after npm ci --ignore-scripts.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";
import * as sass from "sass";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const assets = path.join(root, "assets");
const modules = path.join(root, "node_modules");
const italia = path.join(modules, "bootstrap-italia", "src");
const statics = path.join(root, "app", "static");
const finished = path.join(statics, "vendor");
const vendor = path.join(statics, "vendor.building"); // takes the other's place when it is complete
const fonts = { from: path.join(italia, "fonts", "Titillium_Web"), prefix: "titillium-web-v10-latin-ext_latin-" };

function write(name, content) {
  const file = path.join(vendor, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

function esbuild(input, ...options) {
  const script = path.join(modules, "esbuild", "bin", "esbuild");
  return execFileSync(process.execPath, [script, "--log-level=warning", "--legal-comments=none", "--minify", ...options], {
    cwd: root,
    input,
    stdio: ["pipe", "pipe", "inherit"],
  });
}

function styles() {
  const compiled = sass.compile(path.join(assets, "app.scss"), {
    loadPaths: [path.join(italia, "scss"), modules],
    logger: sass.Logger.silent, // Bootstrap Italia still writes @import
  });
  const fontFaces = fs.readFileSync(path.join(assets, "fonts.css"), "utf8");
  write("app.css", esbuild(compiled.css + fontFaces, "--loader=css"));
}

function scripts() {
  for (const name of ["app", "charts"]) {
    const entry = path.join(assets, `${name}.js`);
    write(`${name}.js`, esbuild("", entry, "--bundle", "--format=iife", "--target=es2020"));
  }
  write("htmx.js", fs.readFileSync(path.join(modules, "htmx.org", "dist", "htmx.min.js")));
}

// One svg with a <symbol> for each name of icons.txt; a name that does not exist stops the build
function sprite() {
  const names = fs.readFileSync(path.join(assets, "icons.txt"), "utf8").split("\n")
    .map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const symbols = names.map((name) => {
    const svg = fs.readFileSync(path.join(italia, "svg", `${name}.svg`), "utf8");
    const viewBox = /viewBox="([^"]+)"/.exec(svg)[1];
    const drawing = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="${viewBox}">${drawing.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  write("sprite.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

function typefaces() {
  for (const file of fs.readdirSync(fonts.from)) {
    const short = file.replace(fonts.prefix, "titillium-web-");
    if (/-(regular|600)\.woff2$/.test(short)) write(`fonts/${short}`, fs.readFileSync(path.join(fonts.from, file)));
    if (short.endsWith(".ttf")) write(`fonts/ttf/${short}`, fs.readFileSync(path.join(fonts.from, file)));
  }
}

// For the paper, where Titillium Web has no letter: Greek, Cyrillic, Vietnamese
function otherAlphabets() {
  for (const file of ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]) {
    write(`fonts/ttf/${file}`, fs.readFileSync(path.join(modules, "dejavu-fonts-ttf", "ttf", file)));
  }
}

// WhiteNoise serves name.br and name.gz beside a file instead of compressing at each request
function compress() {
  const files = fs.readdirSync(statics, { recursive: true }).map((name) => path.join(statics, name));
  for (const file of files) if (/\.(br|gz)$/.test(file) && !fs.existsSync(file.slice(0, -3))) fs.rmSync(file);
  for (const file of files.filter((name) => /\.(css|js|svg)$/.test(name))) {
    const content = fs.readFileSync(file);
    fs.writeFileSync(`${file}.gz`, zlib.gzipSync(content, { level: 9 }));
    fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(content));
  }
}

function report() {
  const size = (name) => fs.statSync(path.join(finished, name)).size;
  for (const name of ["app.css", "app.js", "htmx.js", "charts.js", "sprite.svg"]) {
    console.log(`  ${name.padEnd(11)} ${String(size(name)).padStart(7)} bytes, ${size(`${name}.gz`)} compressed`);
  }
}

fs.rmSync(vendor, { recursive: true, force: true });
fs.mkdirSync(vendor, { recursive: true });
styles();
scripts();
sprite();
typefaces();
otherAlphabets();
fs.rmSync(finished, { recursive: true, force: true });
fs.renameSync(vendor, finished);
compress();
if (process.argv.includes("--report")) report();
