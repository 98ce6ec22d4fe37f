// SPDX-License-Identifier: AGPL-3.0-or-later
// The sheet: every mark shows at once and goes through the queue of offline.js; the same by keyboard.
// Without a queue the forms send themselves, and everything works all the same.
"use strict";
(() => {
  const list = document.getElementById("people");
  if (!list) return;
  const queue = window.forpaMarks;
  const { lesson, page, start, end } = list.dataset;
  const everybody = document.querySelector(".sheet-all");
  const closing = document.querySelector(".sheet-close form");
  const asDrawn = new Map(); // rows as the server drew them last, under marks not sent yet
  const TIMES = ["entered", "left", "entered_again", "left_again"];

  const rowOf = (element) => element?.closest(".sheet-row");
  const rowFor = (item) => (item.lesson === lesson ? document.getElementById(`p${item.enrolment}`) : null);
  const focusable = (row) => row?.querySelector(".mark-present");

  // --- What a mark looks like ------------------------------------------------

  const kinds = { present: "present", absent: "absent", justified: "justified", clear: "none", times: "partial" };

  function timesOf({ entered = "", left = "", entered_again = "", left_again = "" }) {
    const stay = (from, to) => `${from}–${to || "…"}`;
    return stay(entered || start, left) + (entered_again ? `, ${stay(entered_again, left_again)}` : "");
  }

  function inWords({ fields }) {
    const word = queue.words.marks[fields.mark];
    return fields.mark === "times" ? `${word} ${timesOf(fields)}` : word;
  }

  function show(row, { fields }) {
    const late = fields.mark === "times" && fields.entered > start;
    const early = fields.mark === "times" && (fields.left_again || fields.left || end) < end;
    let kind = kinds[fields.mark];
    if (kind === "partial" && !late && !early && !fields.entered_again) kind = "present";
    row.classList.remove("sheet-refused", ...Object.values(kinds).map((word) => `sheet-${word}`));
    row.classList.add(`sheet-${kind}`);
    row.toggleAttribute("data-late", late);
    row.toggleAttribute("data-early", early);
    const press = (name, pressed) => row.querySelector(`.mark-${name}`)?.setAttribute("aria-pressed", pressed);
    press("present", kind === "present" || kind === "partial");
    press("absent", kind === "absent" || kind === "justified");
    row.querySelector(".sheet-times")?.remove();
    if (kind === "partial" || kind === "justified") {
      const text = kind === "partial" ? timesOf(fields) : queue.words.marks.justified;
      row.querySelector(".sheet-who").append(Object.assign(document.createElement("span"), { className: "sheet-times", textContent: text }));
    }
    row.querySelectorAll('[name="mark"][value="clear"]').forEach((button) => { button.hidden = kind === "none"; });
  }

  function showUnsent(row, item) {
    if (!asDrawn.has(row.id)) asDrawn.set(row.id, row.cloneNode(true));
    show(row, item);
    row.classList.add("sheet-unsent");
  }

  // Take the row as the server draws it; whoever is writing in it goes on writing.
  function adopt(row, fresh) {
    const here = row.contains(document.activeElement) ? document.activeElement : null;
    const token = row.querySelector('[name="csrf_token"]')?.value;
    const made = document.importNode(fresh, true);
    const open = row.querySelector(".sheet-more[open]");
    if (open && made.querySelector(".sheet-more") && !made.querySelector(".field-error")) {
      made.querySelector(".sheet-more").replaceWith(open);
      const version = made.querySelector('[name="version"]').value;
      open.querySelectorAll('[name="version"]').forEach((field) => { field.value = version; });
    }
    if (token) made.querySelectorAll('[name="csrf_token"]').forEach((field) => { field.value = token; });
    row.replaceWith(made);
    asDrawn.delete(made.id);
    if (here) (document.getElementById(here.id) || focusable(made))?.focus({ preventScroll: true });
    return made;
  }

  function showAll(items) {
    const stopped = items.filter((item) => item.state === "stopped").map((item) => String(item.id));
    for (const choice of list.querySelectorAll(".unsent-choice")) {
      if (stopped.includes(choice.dataset.item)) continue;
      rowOf(choice).classList.remove("sheet-refused");
      choice.remove();
    }
    list.querySelectorAll(".sheet-unsent").forEach((row) => row.classList.remove("sheet-unsent"));
    for (const item of items) {
      let row = rowFor(item);
      if (!row) continue;
      if (item.state === "stopped") {
        if (asDrawn.has(row.id)) row = adopt(row, asDrawn.get(row.id));
        if (row.querySelector(".unsent-choice")) continue;
        row.classList.add("sheet-refused");
        row.querySelector(".sheet-reason")?.remove();
        row.append(queue.panel(item, inWords(item), row.dataset.stored, focusable(row) && (() => rewrite(row, item))));
      } else if (item.state !== "sent") {
        showUnsent(row, item);
      } else if (item.sentAt > queue.keptAt() && queue.keptAt()) {
        show(row, item); // the copy is older than the mark
        row.querySelectorAll('[name="version"]').forEach((field) => { field.value = item.version; });
      }
    }
    count();
  }

  function count() {
    const counts = document.getElementById("counts");
    const words = JSON.parse(counts.dataset.words);
    const rows = [...list.querySelectorAll(".sheet-row:not(.sheet-withdrawn)")];
    const number = (selector) => rows.filter((row) => row.matches(selector)).length;
    const numbers = {
      present: number(".sheet-present, .sheet-partial"),
      late: number("[data-late]"),
      early: number("[data-early]"),
      absent: number(".sheet-absent, .sheet-justified"),
      missing: number(".sheet-none"),
    };
    counts.replaceChildren();
    for (const [name, many] of Object.entries(numbers)) {
      if (!many && (name === "late" || name === "early")) continue;
      const part = Object.assign(document.createElement("span"), { className: `count count-${name}` });
      part.classList.toggle("count-some", many > 0);
      part.append(Object.assign(document.createElement("strong"), { textContent: many }), ` ${words[name][many === 1 ? 0 : 1]}`);
      counts.append(part, " ");
    }
    if (everybody) everybody.hidden = !numbers.missing;
  }

  // --- Writing ---------------------------------------------------------------

  // 9:20, 9.20, 0920 as 09:20; nothing for what is no time.
  function tidy(text) {
    const found = /^(\d{1,2})[:.](\d\d)$|^(\d\d)(\d\d)$/.exec(text.trim());
    const [hour, minute] = found ? [found[1] || found[3], found[2] || found[4]] : [];
    return found && hour < 24 && minute < 60 ? `${hour.padStart(2, "0")}:${minute}` : "";
  }

  function times(form) {
    const fields = {};
    for (const input of TIMES.map((name) => form.elements[name]).filter((field) => field?.value.trim())) {
      const time = tidy(input.value);
      const possible = time && time >= start && time <= end;
      if (input.type !== "hidden") {
        input.setCustomValidity(possible ? "" : queue.words.time.replace("{start}", start).replace("{end}", end));
        if (!input.reportValidity()) return null;
      }
      fields[input.name] = time;
    }
    return fields;
  }

  const version = (row) => row.querySelector('[name="version"]').value;
  const makeMark = (row, fields) => ({
    lesson, page, url: list.dataset.url, enrolment: row.dataset.enrolment, version: version(row), at: queue.now(), fields,
  });

  async function write(marks, form, submitter) {
    marks.forEach((item) => showUnsent(rowFor(item), item));
    count();
    try {
      await queue.put(marks);
    } catch {
      queue.put = null; // the browser's database takes nothing more: the form goes by itself
      form?.requestSubmit(submitter);
    }
  }

  function rewrite(row, { id, reason, closedTo, ...item }) {
    write([{ ...item, version: version(row) }]);
  }

  list.addEventListener("input", (event) => event.target.setCustomValidity?.(""));
  list.addEventListener("submit", (event) => {
    if (!window.forpaMarks || !queue.put) return;
    event.preventDefault();
    const row = rowOf(event.target);
    const mark = event.submitter.value;
    const stays = mark === "times" ? times(event.target) : {};
    if (!stays) return;
    const panel = row.querySelector(".sheet-more");
    if (panel?.open) {
      panel.open = false;
      focusable(row).focus({ preventScroll: true });
    }
    write([makeMark(row, { mark, ...stays })], event.target, event.submitter);
  });

  everybody?.addEventListener("submit", (event) => {
    if (!window.forpaMarks || !queue.put) return;
    event.preventDefault();
    const stays = times(event.target);
    if (!stays) return;
    const fields = stays.entered && stays.entered !== start ? { mark: "times", ...stays } : { mark: "present" };
    const rows = [...list.querySelectorAll(".sheet-none:not(.sheet-refused, [data-own])")].filter(focusable);
    write(rows.map((row) => makeMark(row, fields)), event.target, event.submitter);
    focusable(rows[0])?.focus({ preventScroll: true });
  });

  // The page closes on marks that the server has: those on their way are waited for, others are told.
  closing?.addEventListener("submit", (event) => {
    const word = document.getElementById("close-later");
    const unsent = () => list.querySelector(".sheet-unsent, .unsent-choice") || !navigator.onLine;
    word.hidden = true;
    if (!window.forpaMarks || !unsent()) return;
    event.preventDefault();
    queue.flush().then(() => {
      word.hidden = !unsent();
      if (word.hidden) closing.requestSubmit(event.submitter);
    });
  });

  if (queue) {
    queue.sheet = {
      lesson,
      page,
      has: (item) => Boolean(rowFor(item)),
      show: showAll,
      answered(item, answer) {
        const row = rowFor(item);
        const fresh = answer.querySelector(".sheet-row");
        if (row && fresh) adopt(row, fresh);
        else if (row && asDrawn.has(row.id)) adopt(row, asDrawn.get(row.id));
        const seen = answer.getElementById("seen");
        if (row && seen && closing) document.getElementById("seen").value = seen.value;
      },
      redrawn(answer) {
        const rows = [...answer.querySelectorAll("#people > .sheet-row")];
        const same = rows.length === list.children.length && Boolean(answer.getElementById("close")) === Boolean(closing);
        if (!same || !rows.every((row) => document.getElementById(row.id))) return window.location.reload();
        rows.forEach((row) => adopt(document.getElementById(row.id), row));
        if (closing) document.getElementById("seen").value = answer.getElementById("seen").value;
      },
    };
  }

  // --- By keyboard, and by a long press --------------------------------------

  const move = (row, step) => {
    let next = row;
    do {
      next = step > 0 ? next.nextElementSibling : next.previousElementSibling;
    } while (next && !focusable(next));
    if (next) {
      focusable(next).focus();
      next.scrollIntoView({ block: "nearest" });
    }
  };

  const press = (row, selector) => row.querySelector(selector)?.click();

  const open = (row, field) => {
    const panel = row.querySelector(".sheet-more");
    if (!panel) return;
    panel.open = true;
    row.querySelector(`input[name="${field}"]:not([type="hidden"])`).focus();
  };

  const keys = {
    ArrowDown: (row) => move(row, 1),
    ArrowUp: (row) => move(row, -1),
    p: (row) => press(row, ".mark-present"),
    a: (row) => press(row, ".mark-absent"),
    r: (row) => open(row, "entered"),
    u: (row) => open(row, "left"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, textarea, select");
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const row = rowOf(event.target);
    if (typing && key === "Escape" && row) {
      focusable(row)?.focus();
      return;
    }
    if (typing || !keys[key]) return;
    if (row) {
      event.preventDefault();
      keys[key](row);
    } else if (key === "ArrowDown" && event.target === document.body) {
      event.preventDefault();
      focusable(list.querySelector(".sheet-row"))?.focus();
    }
  });

  let timer;
  list.addEventListener("pointerdown", (event) => {
    const row = rowOf(event.target);
    if (!row || event.target.closest("button, input, summary, a")) return;
    timer = setTimeout(() => {
      const panel = row.querySelector(".sheet-more");
      if (panel) panel.open = true;
    }, 500);
  });
  for (const over of ["pointerup", "pointercancel", "pointermove"]) {
    list.addEventListener(over, () => clearTimeout(timer));
  }
})();
