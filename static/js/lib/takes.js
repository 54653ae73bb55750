// Takes in words, and the choice of one of them.

import { post } from "./api.js";
import { time } from "./format.js";
import { _ } from "./text.js";
import { toast } from "./toast.js";

const KIND = { clip: _("original"), lipsync: _("lip-synced"), upload: _("uploaded") };
const STALE = {
  text: _("Made from an older text"),
  portrait: _("Made with another portrait"),
  song: _("Sung to another song"),
  place: _("Sung for another place in the song"),
};
const TEXT = {
  take: (number, of) => (of > 1 ? _("Take %(number)s of %(of)s", { number, of }) : _("Take %(number)s", { number })),
  chosen: (number, take) => _("Scene %(number)s shows take %(take)s now.", { number, take }),
};

/** A take in words: `Take 2 of 3 · 0:08.0 · lip-synced`. */
export const takeWords = (take, of) => [TEXT.take(take.number, of), time(take.duration), KIND[take.kind] ?? take.kind].join(" · ");

/** Why a take is out of date, in words; empty when it is not. */
export const staleWords = (reasons) => reasons.map((reason) => STALE[reason] ?? reason).join(" · ");

/** Let a scene show one of its takes; the way back is offered. Gives the changed scene. */
export async function selectTake(scene, take) {
  const choose = (videoId) => post(`/api/mv/scenes/${scene.id}/select_take`, { video_id: videoId });
  const before = scene.take?.video_id;
  const changed = await choose(take.video_id);
  const card = document.getElementById(`scene-${scene.id}`);
  const tell = (data) => card?.firstChild.dispatchEvent(new CustomEvent("mv-event", { detail: { kind: "scene.changed", data }, bubbles: true }));
  toast(TEXT.chosen(scene.index + 1, take.number), { undo: async () => tell(await choose(before)) });
  tell(changed);
}
