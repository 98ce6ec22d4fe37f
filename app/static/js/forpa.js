// SPDX-License-Identifier: AGPL-3.0-or-later
// What every page gets. Each page works without it: this only makes the same acts safer and quicker.
"use strict";

const words = {
  it: { confirm: "Conferma", cancel: "Annulla", confirmTitle: "Conferma dell’operazione" },
  en: { confirm: "Confirm", cancel: "Cancel", confirmTitle: "Confirm this action" },
}[document.documentElement.lang] || { confirm: "Conferma", cancel: "Annulla", confirmTitle: "Conferma dell’operazione" };

// An act that cannot be taken back asks once, in words: <form data-confirm="…">
function ask(form, button) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  dialog.setAttribute("aria-label", words.confirmTitle);
  const text = document.createElement("p");
  text.textContent = form.dataset.confirm;
  const row = document.createElement("div");
  row.className = "buttons";
  const answers = [["btn btn-outline-primary", words.cancel], [button?.className || "btn btn-primary", button?.textContent.trim() || words.confirm]];
  const [no, yes] = answers.map(([className, label]) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = className;
    made.textContent = label;
    row.append(made);
    return made;
  });
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    form.dataset.confirmed = "yes";
    dialog.close();
    form.requestSubmit(button || undefined);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    button?.focus();
  });
  dialog.append(text, row);
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && form.dataset.confirmed !== "yes") {
    event.preventDefault();
    ask(form, event.submitter);
    return;
  }
  delete form.dataset.confirmed;
  if (form.method !== "post" || form.hasAttribute("data-resend") || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault(); // a second press while the first is on its way
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});

// Back in the browser's history: what was sent may be sent again
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll("[aria-disabled='true'][type='submit']").forEach((button) => button.removeAttribute("aria-disabled"));
});

// Menus made of <details data-menu> close on Escape and when one looks elsewhere
document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// An invalid form opens with its list of errors in focus
document.querySelector("[data-focus]")?.focus();

// The drawing code is fetched when the first chart comes near the window
const charts = document.querySelectorAll("[data-chart]");
if (charts.length) {
  const watcher = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watcher.disconnect();
    const script = document.createElement("script");
    script.src = charts[0].dataset.script;
    document.head.append(script);
  }, { rootMargin: "200px" });
  charts.forEach((chart) => watcher.observe(chart));
}
