// Telling somebody who looks elsewhere that the work is done, when they have asked for it.

import { like, likes } from "./prefs.js";
import { _ } from "./text.js";

const TEXT = _("The work on your video has ended.");

/** Show a notification of the system, where it is wished, allowed, and nobody looks at the page. */
export function tellAway(title) {
  if (!likes("notify") || !document.hidden || globalThis.Notification?.permission !== "granted") return;
  const note = new Notification(title, { body: TEXT, tag: location.pathname });
  note.addEventListener("click", () => focus());
}

/** Ask for leave to notify and remember the wish; gives whether it is on now. */
export async function wishToHear({ on }) {
  const granted = on && globalThis.Notification && (await Notification.requestPermission()) === "granted";
  like("notify", Boolean(granted));
  return Boolean(granted);
}
