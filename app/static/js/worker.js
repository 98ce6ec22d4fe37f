// SPDX-License-Identifier: AGPL-3.0-or-later
// Keeps a copy of the day and of the open sheets, for when there is no network. The network always comes
// first. Copies belong to one account: whoever else is seen signed in, or nobody, deletes them.
"use strict";

const ASSETS = "assets";
const PAGES = "pages-"; // and the account's mark
const MAY_BE_KEPT = /^\/(today|lessons\/\d+\/sheet)$/; // and the page itself says so
const LIFE = 12 * 60 * 60 * 1000; // as long as the longest login session, in ms
const PATIENCE = 4000; // ms without an answer before a copy is shown

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(event, request, url.pathname));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(asset(request));
});

self.addEventListener("message", (event) => event.waitUntil(hold(event, event.data)));

async function visit(event, request, path) {
  if (request.method !== "GET") {
    if (path === "/login" || path === "/logout") await forget();
    return fetch(request).catch(noNetwork);
  }
  const copy = await find(request.url);
  const asked = fetch(request).then((answer) => look(event, request.url, answer));
  if (!copy) return asked.catch(noNetwork);
  event.waitUntil(asked.catch(() => {}));
  try {
    const late = new Promise((_, fail) => setTimeout(fail, PATIENCE));
    const answer = await Promise.race([asked, late]);
    return answer.status < 500 ? answer : copy;
  } catch {
    return copy;
  }
}

// What the answer tells: who is signed in, and whether the page may be kept.
async function look(event, address, answer) {
  const ours = answer.headers.get("X-Request-Id") && answer.status < 500;
  if (answer.type === "opaqueredirect" || !ours) return answer;
  const account = answer.headers.get("X-Account");
  await forget(account);
  if (account && MAY_BE_KEPT.test(new URL(address).pathname)) event.waitUntil(keep(account, address, answer.clone()));
  return answer;
}

async function keep(account, address, answer) {
  const cache = await caches.open(PAGES + account);
  const text = await answer.text();
  if (!answer.ok || !text.includes('name="offline-copy"')) {
    await cache.delete(address);
    return;
  }
  const now = Date.now();
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("X-Kept", now);
  await cache.put(address, new Response(text.replace("<html ", `<html data-kept="${now}" `), { headers }));
}

async function copies(account) {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(PAGES) && name !== PAGES + account);
}

// Delete every copy but those of this account.
async function forget(account) {
  await Promise.all((await copies(account)).map((name) => caches.delete(name)));
}

async function find(address) {
  for (const name of await copies()) {
    const cache = await caches.open(name);
    const copy = await cache.match(address);
    if (copy && Date.now() - copy.headers.get("X-Kept") < LIFE) return copy;
    if (copy) await cache.delete(address);
  }
  return undefined;
}

async function asset(request) {
  const cache = await caches.open(ASSETS);
  return (await cache.match(request)) || fetch(request);
}

// A page tells the files it is made of; the first one, drawn before this script ran, also its own address.
async function hold(event, { page, files }) {
  const cache = await caches.open(ASSETS);
  const paths = new Map(files.map((file) => [new URL(file).pathname, file]));
  for (const old of await cache.keys()) {
    const file = paths.get(new URL(old.url).pathname);
    if (file && file !== old.url) await cache.delete(old);
  }
  const missing = [];
  for (const file of files) if (!(await cache.match(file))) missing.push(cache.add(file));
  await Promise.allSettled(missing);
  if (page) await look(event, page, await fetch(page, { redirect: "manual" }));
}

function noNetwork() {
  const text = `<!doctype html><html lang="it"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Senza rete</title></head><body><main><h1>Senza rete</h1>
<p>Di questa pagina non c’è copia, e nulla è stato inviato. Tornare indietro e riprovare quando c’è rete.</p>
<p lang="en">No network: there is no copy of this page, and nothing was sent. Go back and try again later.</p>
<p><a href="/today">Oggi</a></p></main></body></html>`;
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'" };
  return new Response(text, { status: 503, headers });
}
