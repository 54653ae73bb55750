// Figures as people read them: time 0:08.0, money $1.60, how long something will still take.

import { _ } from "./text.js";

/** Seconds as `0:08.0`. */
export function time(seconds) {
  const tenths = Math.max(0, Math.round(seconds * 10));
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

/** US dollars as `$1.60`. */
export function money(usd) {
  return `$${Number(usd ?? 0).toFixed(2)}`;
}

/** Whole seconds as `1:10`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Seconds still to go as `about 1:10 left`; empty when nobody knows. */
export const left = (seconds) => leftBetween(seconds, seconds);

/** The same from the best case to the worst: `about 1:10–3:00 left`. */
export function leftBetween(least, most) {
  if (least === null || least === undefined) return "";
  const [from, to] = [clock(Math.max(1, least)), clock(Math.max(1, most))];
  return _("about %(time)s left", { time: from === to ? from : `${from}–${to}` });
}

/** The beginning of a text, cut between words, at most 60 characters: what a project without a title is called. */
export function beginning(text) {
  const whole = text.trim().replace(/\s+/g, " ");
  if (whole.length <= 60) return whole;
  const cut = whole.slice(0, 60).lastIndexOf(" ");
  return `${whole.slice(0, cut > 0 ? cut : 59)}…`;
}

/** Bytes as `1.4 MB`. */
export function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** What a row is called: its title, else the beginning of what it was made from. */
export function nameOf(row) {
  return row.title || (row.description ?? row.metadata?.prompt ?? "").slice(0, 80) || row.id.slice(0, 8);
}
