// The finished video: cutting it, watching it, what it is made of, sharing it, and whether it is still up to date.

import { get, post } from "../lib/api.js";
import { announce, icon, parts, setText, showProblem } from "../lib/dom.js";
import { size, time } from "../lib/format.js";
import { isStill } from "../lib/prefs.js";
import { isActive } from "../lib/studio-state.js";
import { _, _n, told } from "../lib/text.js";
import { toast } from "../lib/toast.js";

const SCROLL_AFTER_MS = 300;
const BADGE = {
  none: ["empty", _("Not made yet")],
  stitching: ["clock", _("Generating")],
  failed: ["cross", _("Failed")],
  stale: ["again", _("Out of date")],
  ready: ["tick", _("Ready")],
};
const TEXT = {
  busy: (count) => _n("Stitching %(count)s video together…", "Stitching %(count)s videos together…", count),
  byItself: _("It began by itself; if a clip or the song has changed since, re-stitch to put the current ones in its place."),
  same: _("Nothing has changed since: this film is being put together already."),
  waiting: _("It is put together by itself when the clips are ready."),
  nothing: _("There is no finished clip yet. Make at least one clip first."),
  allFailed: _("No clip could be made, so there is nothing to put together. The scenes say why."),
  can: (count) => _n("%(count)s clip can be put together.", "%(count)s clips can be put together.", count),
  old: _("A clip or the song has changed since; re-stitch to bring it up to date."),
  first: _("Stitch"),
  without: (count, scenes) => _n("Stitch without scene %(scenes)s", "Stitch without scenes %(scenes)s", count, { scenes }),
  retry: _("Retry"),
  again: _("Re-stitch with current clips"),
  announce: _("The full video is ready."),
  failed: (what) => _("The full video failed: %(what)s", { what }),
  kept: _("The video before it is still here."),
  clips: (count) => _n("%(count)s clip", "%(count)s clips", count),
  song: _("with the song"),
  own: _("clips' own sound"),
};

class FinalCard extends HTMLElement {
  #state = null;
  #shown = undefined;
  #wrong = null;

  connectedCallback() {
    this.ui = parts(this);
    this.ui.stitch.addEventListener("click", () => this.#stitch());
    this.ui.cancel.addEventListener("click", () => this.#ask(this.ui.cancel, this.#state.stitch.urls.cancel));
    this.ui.share.addEventListener("click", async () => {
      const { share } = await import("./mv-share-dialog.js");
      share({ project_id: this.#state.project.id });
    });
  }

  paint(state) {
    this.#state = state;
    const { project, stitch, ordered } = state;
    this.hidden = !ordered.length && !project.final_video_id;
    const busy = isActive(stitch);
    const givesWay = busy && stitch.automatic; // to a film that a person asks for
    const clips = ordered.filter((scene) => scene.take).length;
    const bare = ordered.filter((scene) => !scene.take).map((scene) => scene.index + 1);
    const filming = ordered.some((scene) => ["loading", "writing"].includes(scene.status)) || isActive(state.run);
    const film = project.final_video_id;
    const failed = !busy && stitch?.state === "failed";
    const status = busy ? "stitching" : project.final_stale ? "stale" : film ? "ready" : failed ? "failed" : "none";
    this.#badge(status);
    this.toggleAttribute("data-stale", status === "stale");
    this.dataset.state = { none: "empty", stitching: "loading" }[status] ?? status;
    const working = [TEXT.busy(clips), givesWay ? TEXT.byItself : ""].filter(Boolean).join(" ");
    const words = { stitching: working, stale: TEXT.old, ready: "", failed: "" }[status];
    setText(this.ui.note, words ?? this.#why({ clips, filming, scenes: ordered }));
    setText(this.ui.empty, busy ? TEXT.busy(clips) : words ? "" : this.ui.note.textContent);
    const first = bare.length && clips ? TEXT.without(bare.length, bare.join(", ")) : TEXT.first;
    setText(this.ui.stitch, film || givesWay ? TEXT.again : failed ? TEXT.retry : first);
    this.ui.stitch.disabled = !clips || (busy ? !givesWay : filming && !film);
    this.ui.cancel.hidden = !busy;
    this.ui.cancel.disabled = stitch?.cancel_requested;
    this.ui.progress.job = stitch;
    const detail = [told(stitch?.error?.detail), film ? TEXT.kept : ""].filter(Boolean).join(" ");
    const failure = failed ? { ...stitch.error, title: TEXT.failed(told(stitch.error?.title)), detail } : null;
    showProblem(this.ui.problem, this.#wrong ?? failure);
    this.#show(film);
  }

  /** With nothing to put together the card says why. */
  #why({ clips, filming, scenes }) {
    if (filming) return TEXT.waiting;
    if (clips) return TEXT.can(clips);
    return scenes.some((scene) => scene.status === "failed") ? TEXT.allFailed : TEXT.nothing;
  }

  #badge(status) {
    if (this.ui.badge.dataset.status === status) return;
    const [name, words] = BADGE[status];
    this.#wrong = null; // it was said of how things stood before
    this.ui.badge.dataset.status = status;
    this.ui.badge.dataset.state = { none: "", stitching: "loading" }[status] ?? status;
    this.ui.badge.replaceChildren(icon(name), words);
  }

  #show(id) {
    if (id === this.#shown) return;
    const isNews = this.#shown !== undefined && id;
    this.#shown = id;
    this.ui.video.hidden = this.ui.download.hidden = this.ui.share.hidden = !id;
    this.ui.empty.hidden = Boolean(id);
    if (!id) return;
    this.ui.video.poster = `/api/mv/get_video/${id}?size=thumb`;
    this.ui.video.src = `/api/mv/get_video/${id}`;
    this.ui.download.href = `${this.ui.video.src}?download=true`; // a bucket's answer heeds this, not the attribute
    this.ui.download.download = `${(this.#state.project.title || "music-video").replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase()}.mp4`;
    this.#facts(id);
    if (!isNews) return;
    announce(TEXT.announce);
    setTimeout(() => this.#scrollHere(), SCROLL_AFTER_MS);
  }

  /** Not while somebody types: the page must not run away under the cursor. */
  #scrollHere() {
    if (document.activeElement?.matches("textarea, input, select") || document.querySelector("dialog[open]")) return;
    this.scrollIntoView({ behavior: isStill() ? "instant" : "smooth", block: "start" });
  }

  async #facts(id) {
    try {
      const { duration, file_size_bytes: bytes, width, height, metadata = {} } = await get(`/api/mv/get_video/${id}/info`);
      const clips = metadata.num_videos_stitched ? TEXT.clips(metadata.num_videos_stitched) : "";
      const frame = width ? `${width}×${height}` : "";
      const sound = metadata.audio_overlay_applied ? TEXT.song : TEXT.own;
      const facts = [duration && time(duration), clips, frame, sound, bytes && size(bytes), ...(metadata.warnings ?? []).map(told)];
      setText(this.ui.facts, facts.filter(Boolean).join(" · "));
    } catch {
      setText(this.ui.facts, "");
    }
  }

  async #stitch() {
    const before = this.#state.stitch?.id;
    const job = await this.#ask(this.ui.stitch, `/api/mv/projects/${this.#state.project.id}/stitch`);
    if (job && job.id === before) toast(TEXT.same);
  }

  /** Ask for a change of the film; gives the job, or nothing and shows why. */
  async #ask(button, path) {
    button.disabled = true;
    this.#wrong = null;
    showProblem(this.ui.problem, null);
    try {
      const data = await post(path);
      this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind: "job.changed", data }, bubbles: true }));
      return data;
    } catch (problem) {
      this.#wrong = problem;
      this.paint(this.#state);
      return null;
    }
  }
}

customElements.define("mv-final-card", FinalCard);
