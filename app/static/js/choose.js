// SPDX-License-Identifier: AGPL-3.0-or-later
// A list to choose from says how many are chosen: <form data-choose>
"use strict";

document.querySelectorAll("form[data-choose]").forEach((form) => {
  const boxes = [...form.querySelectorAll("tbody input[type='checkbox']")];
  const note = form.querySelector("[data-chosen]");
  const button = form.querySelector("button[type='submit']");

  function count() {
    const chosen = boxes.filter((box) => box.checked).length;
    note.textContent = note.dataset.chosenText.replace("{n}", chosen);
    button.disabled = chosen === 0;
  }

  form.addEventListener("change", count);
  count();
});
