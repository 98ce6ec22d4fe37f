// SPDX-License-Identifier: AGPL-3.0-or-later
// A list of boxes narrows while one types; what is ticked stays: <form data-narrow>, [data-words]
"use strict";

document.querySelectorAll("form[data-narrow]").forEach((form) => {
  const box = form.querySelector("input[type='search']");
  const rows = [...form.querySelectorAll("[data-words]")];
  const none = form.querySelector("[data-narrow-none]");

  // As app/domain/people.py writes what people look for: no case, accents, apostrophes.
  function plain(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f'\u2019]/g, "").replace(/-/g, " ").toLowerCase();
  }

  const words = rows.map((row) => plain(row.dataset.words));

  function narrow() {
    const wanted = plain(box.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !wanted.every((word) => words[place].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    if (none) { none.hidden = shown > 0; }
  }

  box.addEventListener("input", narrow);
  // The list is already narrow: sending the form would only draw it again.
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); } });
});
