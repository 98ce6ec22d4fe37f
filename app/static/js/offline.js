// SPDX-License-Identifier: AGPL-3.0-or-later
// Marks wait here until the server has them: kept in the browser's database, sent in order, once each.
// A mark is new, tried (sent, no answer yet: it may have arrived), stopped (a person decides) or sent
// (kept until a page newer than it is drawn). Every mark belongs to one account and holds no name.
"use strict";
(() => {
  const bar = document.getElementById("unsent");
  if (!bar || !window.indexedDB) return;
  const { account } = bar.dataset;
  const words = JSON.parse(bar.dataset.words);
  const [status, login, open, button] = bar.querySelectorAll("p, a, button");
  const root = document.documentElement;
  const SHORTEST = 2000; // ms before trying again; doubled each time
  const LONGEST = 60000;
  const LONG_AGO = 12 * 60 * 60 * 1000; // ms: by then every copy is gone
  const QUIET = 1500; // ms a mark may be on its way before it is spoken of

  let token = document.querySelector('[name="csrf_token"]')?.value;
  let trouble = ""; // network, signin
  let delay = SHORTEST;
  let timer;
  const keptAt = () => Number(root.dataset.kept) || 0;
  const skew = Date.parse(bar.dataset.now) - (keptAt() || Date.now()); // the phone's clock may be wrong
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const waits = (item) => item.state === "new" || item.state === "tried";
  const beside = (item) => (other) => other.lesson === item.lesson && other.enrolment === item.enrolment;
  const say = ([one, many], number) => (number === 1 ? one : many).replace("{n}", number);
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  const tabs = window.BroadcastChannel && new BroadcastChannel("marks");

  // What the sheet does with answers; nothing on other pages.
  const queue = { sheet: null, words, keptAt, put, drop, flush, panel, now: () => new Date(Date.now() + skew).toISOString() };
  window.forpaMarks = queue;

  const opened = new Promise((done, fail) => {
    const request = indexedDB.open("forpa", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("marks", { keyPath: "id", autoIncrement: true });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

  // Do something with the marks of this account, oldest first; over when it is on disk.
  async function within(deed) {
    const db = await opened;
    return new Promise((done, fail) => {
      const act = db.transaction("marks", "readwrite", { durability: "strict" });
      const store = act.objectStore("marks");
      let result;
      store.getAll().onsuccess = (event) => {
        result = deed(event.target.result.filter((item) => item.account === account), store);
      };
      act.oncomplete = () => done(result);
      act.onabort = () => fail(act.error);
    });
  }

  // A later mark takes the place of one that was never sent; one that may have arrived goes first.
  async function put(marks) {
    await within((items, store) => marks.forEach((mark) => {
      const earlier = items.filter(beside(mark));
      const never = earlier.find((item) => item.state === "new");
      const sent = earlier.find((item) => item.state === "sent");
      earlier.filter((item) => item.state === "stopped").forEach((item) => store.delete(item.id));
      const { version } = never || sent || mark;
      store.put({ ...mark, account, version, state: "new", made: Date.now(), key: newKey(), ...(never && { id: never.id }) });
    }));
    await changed();
    flush();
  }

  async function drop(item) {
    await within((_items, store) => store.delete(item.id));
    await changed();
  }

  let again = false;
  let running;
  function flush() {
    again = true;
    running ??= run().finally(() => { running = undefined; });
    return running;
  }

  async function run() {
    while (again) {
      again = false;
      await (navigator.locks ? navigator.locks.request("marks", sendAll) : sendAll()).catch(() => later("network"));
    }
    await changed();
  }

  async function sendAll() {
    clearTimeout(timer);
    let replayed = false;
    let renewed = false;
    for (;;) {
      const item = await within((items, store) => {
        const next = items.find(waits);
        if (next) store.put({ ...next, state: "tried" });
        return next;
      });
      if (!item) break;
      const answer = await send(item);
      if (answer.status === 400 && !renewed) {
        renewed = true;
        if (!(await refresh())) return later("signin");
        continue;
      }
      if (answer.type === "opaqueredirect" || answer.status === 401) return later("signin");
      if (!answer.headers.get("X-Request-Id") || answer.status >= 500 || answer.status === 429) return later("network");
      const page = parse(await answer.text());
      replayed ||= answer.headers.has("X-Repeated");
      if (answer.ok && answer.headers.get("X-Account") === account) await settle(item, page);
      else await stop(item, page, answer.status);
      [trouble, delay] = ["", SHORTEST];
      await changed();
    }
    if ((replayed || keptAt() || trouble) && !(await refresh())) return later("signin");
    [trouble, delay] = ["", SHORTEST];
  }

  function send(item) {
    const { enrolment, version, at, key, fields } = item;
    const sent = { ...fields, enrolment, version, marked_at: at, idempotency_key: key, csrf_token: token };
    const options = { method: "POST", body: new URLSearchParams(sent), headers: { "HX-Request": "true" }, redirect: "manual" };
    return fetch(item.url, { ...options, signal: AbortSignal.timeout(20000) });
  }

  function later(why) {
    trouble = why;
    clearTimeout(timer);
    if (why === "network") timer = setTimeout(flush, delay);
    delay = Math.min(delay * 2, LONGEST);
  }

  async function settle(item, page) {
    const row = page.querySelector(".sheet-row");
    const version = row?.querySelector('[name="version"]')?.value;
    await within((items, store) => items.filter(beside(item)).forEach((other) => {
      if (other.id === item.id && version) store.put({ ...item, state: "sent", version, sentAt: Date.now() });
      else if (other.id === item.id || other.state === "sent") store.delete(other.id);
      else if (other.state === "new" && version) store.put({ ...other, version });
    }));
    queue.sheet?.answered(item, page);
  }

  // Refused: a person decides, unless she has already marked anew.
  async function stop(item, page, code) {
    const row = page.querySelector(".sheet-row");
    const said = page.querySelector(".sheet-why, .field-error, .notice-text p:last-child");
    const reason = said ? said.textContent.trim() : words.refused;
    await within((items, store) => {
      const others = items.filter(beside(item)).filter((other) => other.id !== item.id);
      others.filter((other) => row && other.state === "sent").forEach((other) => store.delete(other.id));
      if (others.some(waits)) store.delete(item.id);
      else store.put({ ...item, state: "stopped", reason, closedTo: code === 403 || code === 404 });
    });
    queue.sheet?.answered(item, page);
  }

  // The page as the server has it now, with a token that holds. False: somebody else is signed in, or nobody.
  async function refresh() {
    const answer = await fetch(queue.sheet?.page || bar.dataset.page, { redirect: "manual", cache: "no-store" });
    if (answer.headers.get("X-Account") !== account) {
      if (answer.type !== "opaqueredirect" && !answer.headers.get("X-Request-Id")) throw new Error("not our server");
      if (answer.status >= 500) throw new Error("out of service");
      return false;
    }
    const page = parse(await answer.text());
    token = page.querySelector('[name="csrf_token"]').value;
    document.querySelectorAll('[name="csrf_token"]').forEach((field) => { field.value = token; });
    if (queue.sheet && answer.ok) {
      delete root.dataset.kept;
      await within((items, store) => items.forEach((item) => {
        if (item.state === "sent" && item.lesson === queue.sheet.lesson) store.delete(item.id);
      }));
      queue.sheet.redrawn(page);
    }
    return true;
  }

  async function changed() {
    const items = await within((found) => found);
    queue.sheet?.show(items);
    render(items);
    tabs?.postMessage("");
  }

  function render(items) {
    const waiting = items.filter(waits);
    const stopped = items.filter((item) => item.state === "stopped");
    const shown = trouble || waiting.some((item) => Date.now() - item.made > QUIET) ? waiting.length : 0;
    if (waiting.length && !shown) setTimeout(() => within(render), QUIET + 100);
    const signin = trouble === "signin";
    const texts = [
      keptAt() && !signin ? words.copy.replace("{time}", bar.dataset.time) : "",
      shown ? say(signin ? words.signin : words.unsent, shown) : "",
      stopped.length ? say(words.stopped, stopped.length) : "",
    ].filter(Boolean);
    bar.hidden = !texts.length;
    if (status.textContent !== texts.join(" ")) status.textContent = texts.join(" ");
    login.hidden = !(signin && shown);
    login.search = `?next=${encodeURIComponent(queue.sheet?.page || bar.dataset.page)}`;
    button.hidden = !shown || signin;
    // Decisions are taken on the sheet; here only for a sheet that this account may not open any more.
    const elsewhere = stopped.filter((item) => !queue.sheet?.has(item));
    const next = elsewhere.find((item) => !item.closedTo);
    open.hidden = !next;
    if (next) open.href = next.page;
    const closed = elsewhere.filter((item) => item.closedTo);
    bar.querySelector(".unsent-list").replaceChildren(...closed.map((item) => panel(item, words.marks[item.fields.mark])));
    const left = waiting.length + stopped.length;
    document.querySelectorAll('form[action="/logout"]').forEach((form) => {
      if (left) form.dataset.confirm = say(words.leave, left);
      else delete form.dataset.confirm;
    });
  }

  // What was refused, what the register holds, what this phone wanted; and the choice.
  function panel(item, mine, stored, rewrite) {
    const made = document.createElement("div");
    made.className = "unsent-choice";
    made.dataset.item = item.id;
    const time = new Date(item.at).toLocaleTimeString("it-IT", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Rome" });
    const here = words.mine.replace("{mark}", mine).replace("{time}", time);
    for (const text of [item.reason, stored && words.stored.replace("{mark}", stored), here].filter(Boolean)) {
      made.append(Object.assign(document.createElement("p"), { textContent: text }));
    }
    const act = (text, deed) => {
      const pressed = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-outline-primary", textContent: text });
      pressed.addEventListener("click", deed);
      made.append(pressed);
    };
    act(words.drop, () => drop(item));
    if (rewrite) act(words.write, rewrite);
    return made;
  }

  // Copies of the pages, kept by the worker; those of other accounts go at once.
  async function keepCopies() {
    for (const name of window.caches ? await caches.keys() : []) {
      if (name.startsWith("pages-") && name !== `pages-${account}`) caches.delete(name);
    }
    if (!navigator.serviceWorker || !document.querySelector('meta[name="offline-copy"]')) return;
    await navigator.serviceWorker.register("/service-worker");
    const { active } = await navigator.serviceWorker.ready;
    const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
    const files = [...new Set(loaded)].filter((name) => name.startsWith(`${location.origin}/static/`));
    const [visit] = performance.getEntriesByType("navigation");
    const page = visit.workerStart ? null : location.origin + location.pathname; // the worker has not seen it
    active.postMessage({ files: files.map((name) => name.split("#")[0]), page });
  }

  async function begin() {
    await within((items, store) => items.forEach((item) => {
      const drawn = queue.sheet?.lesson === item.lesson ? keptAt() || Date.now() : Date.now() - LONG_AGO;
      if (item.state === "sent" && item.sentAt < drawn) store.delete(item.id);
    }));
    await changed();
    flush();
  }

  button.addEventListener("click", flush);
  if (tabs) tabs.onmessage = () => within(render);
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  document.addEventListener("DOMContentLoaded", () => opened.then(begin, () => { window.forpaMarks = undefined; }));
  window.addEventListener("load", () => keepCopies().catch(() => {}));
})();
