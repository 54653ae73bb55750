// Following an event feed by conditional polling: every event once, in order, through restarts of the server.

const HIDDEN_MS = 10_000;
const TIMEOUT_MS = 8_000;
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * Poll `url?after=N` from `after` on. `onEvents` gets a list of `{id, kind, data}`; `onState` gets "live",
 * "reconnecting", "out" (signed out; it goes on once somebody has signed in) or "gone"; `pace` returns the milliseconds until the next look while the page is visible.
 * Returns `{poke, stop}`: poke looks at once.
 */
export function follow(url, { after, onEvents, onState = () => {}, pace }) {
  const feed = { cursor: after, etag: "", timer: 0, fails: 0, stopped: false, busy: false, poked: false };

  async function look() {
    clearTimeout(feed.timer);
    if (feed.stopped) return;
    if (feed.busy) {
      feed.poked = true;
      return;
    }
    feed.busy = true;
    const answer = await ask();
    if (feed.stopped) return;
    if (answer === "gone") {
      stop("gone");
      return;
    }
    feed.fails = Array.isArray(answer) ? 0 : feed.fails + 1;
    onState(feed.fails ? answer : "live");
    if (answer.length && !feed.fails) onEvents(answer);
    feed.busy = false;
    const wait = feed.fails ? BACKOFF_MS[Math.min(feed.fails, BACKOFF_MS.length) - 1] : pace();
    feed.timer = setTimeout(look, feed.poked ? 0 : Math.max(wait, document.hidden ? HIDDEN_MS : 0));
    feed.poked = false;
  }

  async function ask() {
    try {
      const headers = feed.etag ? { "If-None-Match": feed.etag } : {};
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(`${url}?after=${feed.cursor}`, { headers, signal, cache: "no-store" });
      if (answer.status === 304) return [];
      if (answer.status === 401) return "out";
      if ([403, 404].includes(answer.status)) return "gone";
      if (!answer.ok) return "reconnecting";
      const { cursor, events } = await answer.json();
      const fresh = events.filter((event) => event.id > feed.cursor);
      feed.cursor = Math.max(feed.cursor, cursor);
      feed.etag = answer.headers.get("ETag") ?? "";
      return fresh;
    } catch {
      return "reconnecting";
    }
  }

  function stop(state) {
    feed.stopped = true;
    clearTimeout(feed.timer);
    document.removeEventListener("visibilitychange", onVisible);
    if (state) onState(state);
  }

  const onVisible = () => document.hidden || look();
  document.addEventListener("visibilitychange", onVisible);
  look();
  return { poke: look, stop };
}
