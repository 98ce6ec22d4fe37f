// SPDX-License-Identifier: AGPL-3.0-or-later
// Compares a file with the one issued and with its signed copy, here in the browser: nothing is sent.
"use strict";

const box = document.getElementById("compare");
let latest = 0;

function show(answer, name) {
  box.querySelectorAll("[data-answer]").forEach((one) => {
    one.hidden = one.dataset.answer !== answer;
  });
  const label = box.querySelector("[data-answer=name]");
  label.textContent = name || "";
  label.hidden = !name;
}

async function sha256(file) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function verdict(digest) {
  if (digest === box.dataset.issued) return "issued";
  return digest === box.dataset.signed ? "signed" : "different";
}

async function compare(files) {
  const turn = ++latest; // a long file must not answer for the one chosen after it
  show(null);
  if (!files.length) return;
  if (files.length > 1) {
    show("several");
    return;
  }
  let answer = "unreadable";
  try {
    answer = verdict(await sha256(files[0]));
  } catch {
    // a folder, or a file that is gone
  }
  if (turn === latest) show(answer, files[0].name);
}

function takeDrops() {
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("verify-over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("verify-over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("verify-over");
    document.getElementById("compare-file").value = "";
    compare(event.dataTransfer.files);
  });
}

// Browsers give the digest only to pages that came over https, or from this very machine
if (box && window.crypto?.subtle) {
  const input = document.getElementById("compare-file");
  input.addEventListener("change", () => compare(input.files));
  input.addEventListener("click", () => {
    input.value = ""; // else choosing a file again, changed meanwhile, would say nothing
  });
  takeDrops();
  box.querySelector("[data-by=hand]").hidden = true;
  box.querySelector("[data-by=browser]").hidden = false;
}
