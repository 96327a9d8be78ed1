// Frames around what scrolls: they show in which directions there is more.

/** The text below what scrolls, by whether it scrolls sideways and whether it scrolls up and down. */
function scrollHint(isWide, isHigh) {
  if (isWide && isHigh) return "↔ ↕ Scroll in both directions";
  if (isWide) return "↔ Scroll sideways";
  return isHigh ? "↕ Scroll up and down" : "";
}

/** Marks the edges of a frame beyond which there is more, and writes the hint. A part of a pixel is not more. */
function markEdges(frame, content, hint) {
  const wide = content.scrollWidth - content.clientWidth;
  const high = content.scrollHeight - content.clientHeight;
  const [left, top] = [Math.abs(content.scrollLeft), content.scrollTop];
  const edges = { left: left > 1, right: left < wide - 1, up: top > 1, down: top < high - 1 };
  frame.dataset.more = Object.keys(edges).filter((edge) => edges[edge]).join(" ");
  const text = scrollHint(wide > 1, high > 1);
  if (hint.textContent !== text) hint.textContent = text;
}

/** Puts an element that may scroll into a frame. Without overflow the frame shows nothing. */
function framed(content) {
  const hint = make("p", { class: "scroll-hint", "aria-hidden": "true" });
  const frame = make("div", { class: "frame" }, make("div", { class: "frame-edges" }, content), hint);
  const update = () => markEdges(frame, content, hint);
  content.addEventListener("scroll", update, { passive: true });
  const sizes = new ResizeObserver(update);
  for (const element of [content, ...content.children]) sizes.observe(element);
  return frame;
}
