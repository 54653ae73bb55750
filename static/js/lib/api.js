// Calling the studio's REST API; whatever goes wrong becomes a Problem that can be shown to a person.

import { _ } from "./text.js";

const TEXT = {
  away: _("The studio does not answer"),
  awayStep: _("Check that it is running, then try again. Nothing was lost."),
};

/** An RFC 9457 answer as an error: status, code, title, detail, next_step, errors and the whole body. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || String(status));
    Object.assign(this, { status, body, code: body.code ?? "", title: body.title ?? "", detail: body.detail ?? "" });
    Object.assign(this, { next_step: body.next_step ?? "", errors: body.errors ?? [] });
  }
}

const asked = new WeakMap();

/** When an answer was asked for, on the clock of `performance.now()`; what came from nowhere is never too old. */
export const askedAt = (answer) => asked.get(answer) ?? Infinity;

/** Make an Idempotency-Key: one a click, the same when the same click is sent again. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const get = (path) => send("GET", path);
export const remove = (path) => send("DELETE", path);
export const patch = (path, body) => send("PATCH", path, { body: JSON.stringify(body) });
export const post = (path, body = {}, key = newKey()) => send("POST", path, { body: JSON.stringify(body), key });

/** Send one file as multipart, with other fields beside it. */
export function upload(path, file, fields = {}, key = newKey()) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  return send("POST", path, { body: form, key });
}

async function send(method, path, { body, key } = {}) {
  const headers = { Accept: "application/json", ...csrf() };
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const now = performance.now();
  let answer;
  try {
    answer = await fetch(path, { method, headers, body, cache: "no-store" });
  } catch {
    document.dispatchEvent(new CustomEvent("mv-away"));
    throw new Problem(0, { title: TEXT.away, next_step: TEXT.awayStep });
  }
  if (answer.status === 204) return null;
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  const content = isJson ? await answer.json() : { title: `${answer.status} ${answer.statusText}` };
  if (!answer.ok) throw new Problem(answer.status, content);
  asked.set(content, now);
  return content;
}

/** A session in a cookie needs the token beside it; a local studio has neither. */
function csrf() {
  const found = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/);
  return found ? { "X-CSRFToken": decodeURIComponent(found[1]) } : {};
}
