// SPDX-License-Identifier: AGPL-3.0-or-later
// Long work shows how far it is: the part with data-progress is asked again every second.
// Its last words are said aloud once, in the region beside it: each second would be noise.
"use strict";

(() => {
  async function renew() {
    const part = document.querySelector("[data-progress]");
    if (!part) {
      const last = document.querySelector("[data-progress-words]");
      document.getElementById("progress-said").textContent = last.textContent;
      return; // finished
    }
    try {
      const answer = await fetch(part.dataset.progress, { headers: { "HX-Request": "true" } });
      if (answer.status === 401) return location.reload();
      if (answer.ok) part.outerHTML = await answer.text();
    } catch {
      // the network will be back: what is shown stays true until then
    }
    setTimeout(renew, 1_000);
  }

  setTimeout(renew, 1_000);
})();
