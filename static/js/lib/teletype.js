// Text that arrives as if it were typed: all scenes at once, ten seconds at most; a click shows the rest.

import { isStill, likes } from "./prefs.js";

const MOST_MS = 10_000;
const LETTER_MS = 40;
const STEP_MS = 80;
const page = document.documentElement; // marked while anything is typed: then "Skip animation" is there
const running = new Map();
let timer = 0;

/** Let a text arrive in a node, going on from what is there already; at once where nothing shall move. */
export function type(node, text) {
  if (node.textContent === text || isStill() || !likes("teletype")) return finish(node, text);
  const known = running.get(node);
  const start = known?.start ?? performance.now();
  running.set(node, { text, start });
  page.dataset.typing = node.dataset.typing = "";
  if (!known) node.addEventListener("click", () => finish(node, running.get(node)?.text ?? node.textContent), { once: true });
  timer ||= setInterval(step, STEP_MS);
}

/** Show everything at once. */
export function finishAll() {
  for (const [node, { text }] of running) finish(node, text);
}

function finish(node, text) {
  running.delete(node);
  delete node.dataset.typing;
  if (node.textContent !== text) node.textContent = text;
  if (running.size) return;
  if (document.activeElement.dataset.part === "skip") document.querySelector("mv-scene-card h3")?.focus(); // it goes now
  delete page.dataset.typing;
  clearInterval(timer);
  timer = 0;
}

function step() {
  for (const [node, { text, start }] of running) {
    const part = (performance.now() - start) / Math.min(MOST_MS, text.length * LETTER_MS);
    if (part >= 1 || !node.isConnected) finish(node, text);
    else node.textContent = text.slice(0, Math.ceil(text.length * part));
  }
}
