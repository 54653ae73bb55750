// The four shelves of the library: where each is listed, fetched and uploaded, and how a question becomes an address.

import { _ } from "./text.js";
import { size, time } from "./format.js";

const VIDEOS = { list: "/api/mv/videos/", file: "/api/mv/get_video/", upload: "/api/mv/videos/upload" };

export const SHELVES = {
  characters: {
    list: "/api/mv/characters/",
    file: "/api/mv/get_character_reference/",
    upload: "/api/mv/characters/upload",
    use: (id) => `/create/?portrait=${id}`,
    nothing: _("No portraits yet. They are made on the Create page, or uploaded here."),
  },
  clips: {
    ...VIDEOS,
    kinds: ["clip", "lipsync", "upload"],
    nothing: _("No clips yet. Every scene of a project gets its clips; your own can be uploaded here."),
  },
  videos: {
    ...VIDEOS,
    upload: null,
    kinds: ["stitched"],
    nothing: _("No finished videos yet. They appear when the clips of a project are put together."),
  },
  songs: {
    list: "/api/audio/",
    file: "/api/audio/get/",
    upload: "/api/audio/upload",
    use: (id) => `/create/?song=${id}`,
    nothing: _("No songs yet. Upload one here or on the Create page."),
  },
};
const KIND = { clip: _("Clip"), lipsync: _("Lip-synced"), stitched: _("Finished video"), upload: _("Uploaded") };

/** The address of a shelf's list for what was asked: search, tag, favourite, trashed, ordering. */
export function address(shelf, asked) {
  const query = new URLSearchParams({ page_size: 24 });
  for (const kind of shelf.kinds ?? []) query.append("kind", kind);
  for (const [name, value] of Object.entries(asked)) if (value) query.set(name, value);
  return `${shelf.list}?${query}`;
}

/** A row's facts in one line. */
export function factsOf(row) {
  const kind = row.kind ? KIND[row.kind] : "";
  const shape = row.width ? `${row.width}×${row.height}` : "";
  const length = row.duration ? time(row.duration) : "";
  return [kind, length, shape, size(row.file_size_bytes)].filter(Boolean).join(" · ");
}
