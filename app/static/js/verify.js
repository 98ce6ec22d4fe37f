// SPDX-License-Identifier: AGPL-3.0-or-later
// Compares a file with the one issued, here in the browser: nothing is sent.
"use strict";

const box = document.getElementById("compare");

function show(answer) {
  box.querySelectorAll("[data-answer]").forEach((one) => {
    one.hidden = one.dataset.answer !== answer;
  });
}

async function compare(file) {
  show(null);
  if (!file) return;
  try {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const text = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    show(text === box.dataset.sha256 ? "same" : "different");
  } catch {
    show("unreadable");
  }
}

// Browsers give the digest only to pages that came over https, or from this very machine
if (box && window.crypto?.subtle) {
  const input = document.getElementById("compare-file");
  input.addEventListener("change", () => compare(input.files[0]));
  box.hidden = false;
}
