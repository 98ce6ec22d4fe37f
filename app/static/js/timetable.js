// SPDX-License-Identifier: AGPL-3.0-or-later
// Rows of a timetable added, moved and taken away without asking the server: <form data-timetable>
"use strict";

document.querySelectorAll("form[data-timetable]").forEach((form) => {
  const body = form.querySelector("[data-rows]");
  const template = document.querySelector("[data-row-template]");

  // A row, and what is said beneath it.
  function parts(row) {
    const next = row.nextElementSibling;
    return next && next.matches(".timetable-said") ? [row, next] : [row];
  }

  function rows() {
    return [...body.querySelectorAll(".timetable-row")];
  }

  function number() {
    rows().forEach((row, place) => {
      row.querySelector("[data-number]").textContent = place + 1;
      row.querySelectorAll("[data-row]").forEach((button) => {
        button.value = `${button.dataset.row}-${place}`;
      });
    });
  }

  function add() {
    const row = template.content.querySelector(".timetable-row").cloneNode(true);
    row.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
    const last = rows().pop();
    body.append(row);
    if (last) {
      ["start", "end"].forEach((name) => {
        row.querySelector(`[name="${name}"]`).value = last.querySelector(`[name="${name}"]`).value;
      });
    }
    number();
    row.querySelector('[name="day"]').focus();
  }

  const steps = {
    up(row) {
      const others = rows();
      const place = others.indexOf(row);
      if (place > 0) others[place - 1].before(...parts(row));
    },
    down(row) {
      const others = rows();
      const after = others[others.indexOf(row) + 1];
      if (after) parts(after).pop().after(...parts(row));
    },
    remove(row) {
      parts(row).forEach((one) => one.remove());
    },
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-row]");
    if (!button) return;
    event.preventDefault();
    if (button.matches("[data-add]")) {
      add();
      return;
    }
    steps[button.dataset.row](button.closest(".timetable-row"));
    number();
    if (button.isConnected) button.focus();
  });
});
