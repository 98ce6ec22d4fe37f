// SPDX-License-Identifier: AGPL-3.0-or-later
// The certificate is drawn again while its template is being written: <form data-preview="address">
"use strict";

(() => {
  const form = document.getElementById("template-form");
  const picture = document.getElementById("preview");
  const state = document.getElementById("preview-state");
  const errors = document.getElementById("preview-errors");
  const words = document.getElementById("preview-words").dataset;
  const PAUSE = 500; // milliseconds without a keystroke

  let waiting;
  let asked;

  function asAddress(blob) {
    return new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.onerror = () => failed(reader.error);
      reader.readAsDataURL(blob);
    });
  }

  function tell(word, stale) {
    state.textContent = word;
    picture.classList.toggle("template-stale", stale);
  }

  async function show(answer) {
    if (answer.ok) {
      picture.src = await asAddress(await answer.blob());
      picture.hidden = false;
      errors.replaceChildren();
      return tell("", false);
    }
    if (answer.status === 422) errors.innerHTML = await answer.text(); // a fragment of ours
    return tell(words.stale, true);
  }

  async function draw() {
    asked?.abort();
    asked = new AbortController();
    const mine = asked;
    tell(words.busy, false);
    try {
      const options = { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, signal: mine.signal };
      await show(await fetch(form.dataset.preview, options));
    } catch {
      if (mine === asked) tell(words.stale, true); // the network will be back
    }
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(draw, PAUSE);
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  // beside the picture that follows the form nobody needs a button for it
  form.querySelector("[data-preview-button]").hidden = true;
})();
