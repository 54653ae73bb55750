// Keys that do things. Pages add theirs with `shortcuts(…)`; `?` lists them all (mv-shortcuts.js). Single keys are
// ignored while something is typed, and can be switched off (WCAG 2.1.4); combinations such as Ctrl+Enter always work.

const OFF = "mv-shortcuts-off";
const groups = new Map();

/** Add keys under a heading: `[{key: "j", text: "Next scene", act}]`; `key` is as typed, or `Ctrl+Enter`. */
export function shortcuts(heading, list) {
  groups.set(heading, list);
}

/** Every heading with its keys, in the order they were added. */
export const everyShortcut = () => [...groups.entries()];

export const areOn = () => localStorage.getItem(OFF) === null;

export function switchKeys({ on }) {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

function nameOf(event) {
  const held = event.ctrlKey || event.metaKey;
  return held ? `Ctrl+${event.key.length === 1 ? event.key.toUpperCase() : event.key}` : event.key;
}

function isTyping(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  const name = nameOf(event);
  if (!name.startsWith("Ctrl+") && (isTyping(event.target) || !areOn())) return;
  const found = [...groups.values()].flat().find(({ key }) => key === name);
  if (!found) return;
  event.preventDefault();
  found.act();
});
