// What a page that is one file does beside translating: it takes away the notice for a page that does not run. When a
// server sends it, it can be installed, and its service worker, if it has one, keeps it for use without a network.

const isServed = /^https?:$/.test(location.protocol);

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
  const page = location.href.split(/[?#]/)[0];
  const manifest = encodeURIComponent(JSON.stringify(manifestOf(page)));
  document.head.append(make("link", { rel: "manifest", href: `data:application/manifest+json,${manifest}` }));
}

/** Registers the service worker that page-data names. Only a page with https or of this very computer may have one. */
function keepOffline() {
  const { offline } = JSON.parse(document.getElementById("page-data").textContent);
  if (!offline || !("serviceWorker" in navigator) || !isServed) return;
  navigator.serviceWorker.register(`${offline}?page=${encodeURIComponent(location.pathname)}`).catch(() => {});
}

if (document.documentElement.className !== "cannot-run") document.getElementById("notice").hidden = true;
makeInstallable();
addEventListener("load", keepOffline);
