// Songs as a page chooses them: `{id, title, duration, original}`; a cut knows the song it was cut from.

import { get, post, upload } from "./api.js";
import { finished } from "./jobs.js";

/** Keep a file as a song. */
export async function songFromFile(file) {
  const title = file.name.replace(/\.[^.]+$/, "").slice(0, 120);
  const made = await upload("/api/audio/upload", file, { title });
  return { id: made.audio_id, title: made.title, duration: made.duration, original: null };
}

/** Fetch a song by its link; `onChange` hears how far the job is. */
export async function songFromLink(url, onChange) {
  const job = await post("/api/audio/download", { url });
  const { result } = await finished(job, onChange);
  return { id: result.audio_id, title: result.title, duration: result.duration, original: null };
}

/** Cut a song to a window in seconds; the original stays. */
export async function songCut(song, { start, end }) {
  const body = { audio_id: song.id, start_ms: Math.round(start * 1000) };
  if (end < song.duration - 0.05) body.end_ms = Math.round(end * 1000);
  const { result } = await finished(await post("/api/audio/trim", body));
  return { id: result.audio_id, title: song.title, duration: result.duration, original: song.original ?? song };
}

/** Find a song by its id, and what it was cut from where that is there. A song that is gone is a problem with status 404. */
export async function songById(id) {
  const info = await get(`/api/audio/get/${id}/info`);
  const { original_audio_id: whole } = info;
  const original = whole ? await songById(whole).catch(() => null) : null;
  return { id, title: info.title || info.metadata?.title || "", duration: info.duration, original };
}
