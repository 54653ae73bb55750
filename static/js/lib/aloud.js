// Saying what has changed on scenes to people who cannot see it: once for each scene, never for each letter.

import { announce } from "./dom.js";
import { _, _n } from "./text.js";

const MOST_NAMED = 2;
const TEXT = {
  failed: [(number) => _("Scene %(number)s failed.", { number }), (count) => _n("%(count)s scene failed.", "%(count)s scenes failed.", count)],
  unwritten: [
    (number) => _("The text of scene %(number)s failed.", { number }),
    (count) => _n("The text of %(count)s scene failed.", "The texts of %(count)s scenes failed.", count),
  ],
  ready: [(number) => _("Scene %(number)s is ready.", { number }), (count) => _n("%(count)s scene is ready.", "%(count)s scenes are ready.", count)],
  sung: [
    (number) => _("The lip-sync of scene %(number)s is ready.", { number }),
    (count) => _n("The lip-sync of %(count)s scene is ready.", "The lip-sync of %(count)s scenes is ready.", count),
  ],
  written: [(number) => _("Scene %(number)s written.", { number }), (count) => _n("%(count)s scene is written.", "%(count)s scenes are written.", count)],
};

/** Compare scenes as they were (by id) with what they are; `news(scene)` is called for each that has changed. */
export function tellChanges(before, scenes, news) {
  const changed = new Map(Object.keys(TEXT).map((name) => [name, []]));
  for (const scene of scenes) {
    const change = changeOf(before.get(scene.id) ?? before.get(`draft-${scene.index}`), scene);
    if (!change) continue;
    changed.get(change).push(scene.index + 1);
    news(scene);
  }
  const words = [...changed].flatMap(([change, numbers]) => inWords(TEXT[change], numbers));
  if (words.length) announce(words.join(" "));
}

/** A few are named one by one, more are counted: who listens cannot skip. */
const inWords = ([named, counted], numbers) => (numbers.length > MOST_NAMED ? [counted(numbers.length)] : numbers.map(named));

function changeOf(old, scene) {
  if (scene.description && !old?.description) return "written";
  if (old && scene.textStatus === "failed" && old.textStatus !== "failed") return "unwritten";
  if (!old || old.status === scene.status) return null;
  if (scene.status === "failed") return "failed";
  if (scene.status !== "ready" || old.status !== "loading") return null;
  return scene.take.kind === "lipsync" ? "sung" : "ready";
}
