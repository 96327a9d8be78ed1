// The service worker beside a page that is one file, when a server sends it: keeps the page, so that it opens at once
// and without a network. When there is a network, it asks for a newer page, for the next time. It keeps nothing else.
"use strict";

const KEPT = "glosser-page";

/** The address of the page, which it gives when it registers this worker. */
const PAGE = new URL(new URL(self.location).searchParams.get("page"), self.location).href;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.add(PAGE)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** The page from the network, which is then kept. */
async function newest() {
  const answer = await fetch(PAGE, { cache: "no-cache" });
  if (answer.ok) await (await caches.open(KEPT)).put(PAGE, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || event.request.url.split(/[?#]/)[0] !== PAGE) return;
  const coming = newest();
  event.waitUntil(coming.catch(() => {}));
  event.respondWith(caches.match(PAGE).then((kept) => kept ?? coming));
});
