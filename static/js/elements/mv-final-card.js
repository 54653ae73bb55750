// The finished video: cutting it, watching it, what it is made of, and whether it is still up to date.

import { get, post } from "../lib/api.js";
import { announce, icon, parts, setText, showProblem } from "../lib/dom.js";
import { count, size, time } from "../lib/format.js";
import { isActive } from "../lib/studio-state.js";
import "./mv-job-progress.js";

const SCROLL_AFTER_MS = 300;
const TEXT = {
  none: ["empty", "Not made yet"],
  stitching: ["clock", "Generating"],
  failed: ["cross", "Failed"],
  stale: ["again", "Out of date"],
  ready: ["tick", "Ready"],
  busy: (clips) => `Stitching ${count(clips, "video")} together…`,
  waiting: "It is put together when the clips are ready.",
  nothing: "Make at least one clip first.",
  can: (clips) => `${count(clips, "clip")} can be put together.`,
  old: "A clip or the song has changed since; re-stitch to bring it up to date.",
  first: "Stitch",
  again: "Re-stitch with current clips",
  announce: "The full video is ready.",
};

class FinalCard extends HTMLElement {
  #state = null;
  #shown = undefined;

  connectedCallback() {
    this.ui = parts(this);
    this.ui.stitch.addEventListener("click", () => this.#stitch());
  }

  paint(state) {
    this.#state = state;
    const { project, stitch } = state;
    const busy = isActive(stitch);
    const clips = state.ordered.filter((scene) => scene.take).length;
    const filming = state.ordered.some((scene) => scene.status === "loading") || isActive(state.writing);
    const status = busy ? "stitching" : project.final_stale ? "stale" : project.final_video_id ? "ready" : "none";
    const failed = !busy && stitch?.state === "failed" && !(project.final_video_id && !project.final_stale);
    this.#badge(failed && status === "none" ? "failed" : status);
    this.toggleAttribute("data-stale", status === "stale");
    setText(this.ui.note, this.#note({ status, clips, filming }));
    setText(this.ui.stitch, project.final_video_id ? TEXT.again : TEXT.first);
    this.ui.stitch.disabled = busy || filming || !clips;
    this.ui.progress.job = stitch;
    showProblem(this.ui.problem, failed ? stitch.error : null);
    this.#show(project.final_video_id);
  }

  #note({ status, clips, filming }) {
    if (status === "stitching") return TEXT.busy(clips);
    if (status === "stale") return TEXT.old;
    if (status === "ready") return "";
    if (filming) return TEXT.waiting;
    return clips ? TEXT.can(clips) : TEXT.nothing;
  }

  #badge(status) {
    if (this.ui.badge.dataset.status === status) return;
    const [name, words] = TEXT[status];
    this.ui.badge.dataset.status = status;
    this.ui.badge.dataset.state = { none: "", stitching: "loading" }[status] ?? status;
    this.ui.badge.replaceChildren(icon(name), words);
  }

  #show(id) {
    if (id === this.#shown) return;
    const isNews = this.#shown !== undefined && id;
    this.#shown = id;
    this.ui.film.hidden = this.ui.download.hidden = !id;
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
    if (document.activeElement?.matches("textarea, input")) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scrollIntoView({ behavior: still ? "instant" : "smooth", block: "start" });
  }

  async #facts(id) {
    try {
      const { duration, file_size_bytes: bytes, width, height, metadata = {} } = await get(`/api/mv/get_video/${id}/info`);
      const clips = metadata.num_videos_stitched ? count(metadata.num_videos_stitched, "clip") : "";
      const frame = width ? `${width}×${height}` : "";
      const song = metadata.audio_overlay_applied ? "with the song" : "clips' own sound";
      const facts = [duration && time(duration), clips, frame, song, bytes && size(bytes), ...(metadata.warnings ?? [])];
      setText(this.ui.facts, facts.filter(Boolean).join(" · "));
    } catch {
      setText(this.ui.facts, "");
    }
  }

  async #stitch() {
    this.ui.stitch.disabled = true;
    showProblem(this.ui.problem, null);
    try {
      const job = await post(`/api/mv/projects/${this.#state.project.id}/stitch`);
      this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind: "job.queued", data: job }, bubbles: true }));
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      this.ui.stitch.disabled = false;
    }
  }

}

customElements.define("mv-final-card", FinalCard);
