// SPDX-License-Identifier: AGPL-3.0-or-later
// The sheet by keyboard, and a word when a mark could not be sent. Everything works without it.
(() => {
  const list = document.getElementById("people");
  const unsent = document.getElementById("unsent");
  if (!list) return;

  const rowOf = (element) => element && element.closest(".sheet-row");
  const focusable = (row) => row && row.querySelector(".mark-present");

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

  const press = (row, selector) => {
    const button = row.querySelector(selector);
    if (button) button.click();
  };

  const write = (row, field) => {
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
    r: (row) => write(row, "entered"),
    u: (row) => write(row, "left"),
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

  // A long press on a name opens its times.
  let timer;
  list.addEventListener("pointerdown", (event) => {
    const row = rowOf(event.target);
    if (!row || event.target.closest("button, input, summary, a")) return;
    timer = setTimeout(() => {
      const panel = row.querySelector(".sheet-more");
      if (panel) panel.open = true;
    }, 500);
  });
  for (const end of ["pointerup", "pointercancel", "pointermove"]) {
    list.addEventListener(end, () => clearTimeout(timer));
  }

  const failed = () => { unsent.hidden = false; };
  document.body.addEventListener("htmx:sendError", failed);
  document.body.addEventListener("htmx:responseError", failed);
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) unsent.hidden = true;
  });
})();
