// The service worker beside a page that is one file, when a server sends it: keeps the page, so that it opens at once
// and without a network. When there is a network, it asks for a newer page, for the next time. It keeps nothing else.
// Several pages of one folder may have one each, or share its file: each page registers it for its own address only.
"use strict";

/** The address of the page. */
const PAGE = self.registration.scope;

/** What is kept for this page, beside that of other pages of the same server. */
const KEPT = `glosser-page ${PAGE}`;

/** The page as it is kept, or undefined. */
const keptPage = async () => (await caches.open(KEPT)).match(PAGE);

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
  event.respondWith(keptPage().then((kept) => kept ?? coming));
});
