// What a page that is one file does beside translating: it takes away the notice for a page that does not run. When a
// server sends it, it can be installed, and its service worker, if it has one, keeps it for use without a network.

const isServed = /^https?:$/.test(location.protocol);

/** The address of the page without what follows it. */
const ownAddress = location.href.split(/[?#]/)[0];

/** The manifest of an application that is this page alone. Its address has no other place than the page itself. */
function manifestOf(page) {
  const [icon] = document.querySelector("link[rel=icon]").href.split("#");
  return {
    name: document.title, short_name: document.title, start_url: page, scope: page, id: page, display: "standalone",
    icons: [{ src: icon, sizes: "any", type: "image/svg+xml" }],
  };
}

function makeInstallable() {
  if (!isServed) return;
  const manifest = encodeURIComponent(JSON.stringify(manifestOf(ownAddress)));
  document.head.append(make("link", { rel: "manifest", href: `data:application/manifest+json,${manifest}` }));
}

/** Registers the service worker that page-data names, for this page alone: a server may have others beside it. Only a
 * page with https or of this very computer may have one. */
async function keepOffline() {
  const { offline } = JSON.parse(document.getElementById("page-data").textContent);
  if (!offline || !("serviceWorker" in navigator) || !isServed) return;
  await navigator.serviceWorker.register(offline, { scope: location.pathname });
  await navigator.serviceWorker.ready;
  document.getElementById("keep").append(" This browser keeps the page: it opens without a network, too.");
}

/** How to keep a page that a server sends. */
function showHowToKeep() {
  if (!isServed) return;
  const link = make("a", { href: ownAddress, download: `${document.title}.html` }, "save the page as a file");
  document.getElementById("keep").replaceChildren("This page translates in your browser: no text leaves it. "
    + "To keep it or to give it away, ", link, ": the file works without a network.");
}

if (document.documentElement.className !== "cannot-run") document.getElementById("notice").hidden = true;
makeInstallable();
showHowToKeep();
addEventListener("load", () => keepOffline().catch(() => {}));
