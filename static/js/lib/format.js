// Figures as people read them: time 0:08.0, money $1.60, counts, how long something will still take.

/** Seconds as `0:08.0`. */
export function time(seconds) {
  const tenths = Math.max(0, Math.round(seconds * 10));
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

/** US dollars as `$1.60`. */
export function money(usd) {
  return `$${Number(usd ?? 0).toFixed(2)}`;
}

/** A number with its noun: `1 clip`, `3 clips`. */
export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

/** Seconds still to go as `about 1:10 left`; empty when nobody knows. */
export function left(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const whole = Math.max(1, Math.round(seconds));
  return `about ${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} left`;
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
