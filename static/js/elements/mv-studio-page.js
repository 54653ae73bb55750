// One project's page: takes the snapshot the server put in, follows the feed, and lets every part draw itself.

import { get, post } from "../lib/api.js";
import { announce, embedded, h, parts, setText, showConnection, showProblem } from "../lib/dom.js";
import { forget, load } from "../lib/draft.js";
import { follow } from "../lib/events.js";
import { beginning } from "../lib/format.js";
import { spend } from "../lib/spend.js";
import { StudioState, isActive } from "../lib/studio-state.js";
import "./mv-final-card.js";
import "./mv-inputs-card.js";
import "./mv-job-progress.js";
import "./mv-scene-card.js";
import "./mv-summary-bar.js";

const TEXT = {
  untitled: "Untitled video",
  title: (done, total, heading) => `${total ? `(${done}/${total}) ` : ""}${heading} · MV Studio`,
  generate: "Generate Videos",
  missing: "Make what is missing",
  ask: "The studio needs an idea and a character before it can start. Nothing starts by itself.",
  idle: "Nothing is made yet. Generate Videos writes the scenes, shoots every clip and cuts them together.",
  written: (number) => `Scene ${number} written.`,
  ready: (number) => `Scene ${number} is ready.`,
  failed: (number) => `Scene ${number} failed.`,
};
const FINAL = ["job.succeeded", "job.failed", "job.canceled"];

class StudioPage extends HTMLElement {
  #cards = new Map();

  connectedCallback() {
    this.ui = parts(this);
    this.inputs = this.querySelector("mv-inputs-card");
    this.state = new StudioState(embedded("snapshot"));
    this.ui.run.addEventListener("click", () => this.#run());
    this.ui.cancel.addEventListener("click", () => this.#act(() => post(this.state.run.urls.cancel)));
    this.addEventListener("mv-event", (event) => this.#did(event.detail));
    this.addEventListener("play", (event) => this.#onlyOne(event.target), { capture: true });
    this.#paint();
    this.#notice();
    this.feed = follow(`/api/mv/projects/${this.state.project.id}/events`, {
      after: this.state.cursor,
      onEvents: (events) => this.#hear(events),
      onState: (state) => showConnection(this.ui.connection, state),
      pace: () => this.state.pace,
    });
  }

  disconnectedCallback() {
    this.feed.stop();
  }

  #hear(events) {
    const before = new Map(this.state.ordered.map((scene) => [scene.id, scene]));
    for (const event of events) this.state.apply(event);
    this.#paint();
    this.#tellAloud(before);
    if (events.some(({ kind }) => FINAL.includes(kind))) this.#refresh();
  }

  /** The answer to a click is shown at once; the feed tells the rest. */
  #did(event) {
    this.#hear([event]);
    this.feed.poke();
  }

  /** What the project has cost is counted by the server. */
  async #refresh() {
    const { scenes: _, cursor: __, ...project } = await get(`/api/mv/projects/${this.state.project.id}`).catch(() => ({}));
    if (project.id) this.state.apply({ kind: "project.changed", data: project });
    this.#paint();
  }

  #tellAloud(before) {
    for (const scene of this.state.ordered) {
      const old = before.get(scene.id);
      if (scene.description && !old?.description) announce(TEXT.written(scene.index + 1));
      if (old?.status !== "ready" && scene.status === "ready") announce(TEXT.ready(scene.index + 1));
      if (old && old.status !== "failed" && scene.status === "failed") announce(TEXT.failed(scene.index + 1));
    }
  }

  #paint() {
    const { project, run, counts, writing } = this.state;
    const scenes = this.state.ordered;
    const heading = beginning(project.title || project.idea) || TEXT.untitled;
    const busy = isActive(run);
    setText(this.ui.heading, heading);
    document.title = TEXT.title(counts.ready, counts.total, heading);
    this.inputs.paint(project, { fold: scenes.length > 0 || busy });
    this.querySelector("mv-summary-bar").paint(this.state);
    this.ui.writing.hidden = !isActive(writing);
    this.ui.writing_progress.job = writing;
    this.#drafts(this.state.drafts);
    this.#list(scenes);
    this.querySelector("mv-final-card").paint(this.state);
    const whole = scenes.length > 0 && scenes.every((scene) => scene.take) && project.final_video_id;
    this.ui.run.hidden = busy || Boolean(whole);
    setText(this.ui.run, scenes.length ? TEXT.missing : TEXT.generate);
    this.ui.cancel.hidden = !busy;
    this.ui.cancel.disabled = Boolean(run?.cancel_requested);
    this.ui.hint.hidden = scenes.length > 0 || busy || isActive(writing);
    setText(this.ui.hint, project.idea && project.character_description ? TEXT.idle : TEXT.ask);
    if (run?.state === "failed" && !scenes.length) showProblem(this.ui.problem, run.error);
  }

  /** The words as they come; the cards take their place when the whole answer is kept. */
  #drafts(drafts) {
    const list = this.ui.drafts;
    while (list.children.length > drafts.length) list.lastChild.remove();
    drafts.forEach(({ index, description }, at) => {
      const item = list.children[at] ?? list.appendChild(h("li"));
      item.value = index + 1;
      setText(item, description);
    });
  }

  #list(scenes) {
    const list = this.ui.scenes;
    for (const [id, item] of this.#cards) {
      if (this.state.scenes.has(id)) continue;
      item.remove();
      this.#cards.delete(id);
    }
    scenes.forEach((scene, index) => {
      const item = this.#cards.get(scene.id) ?? this.#card(scene.id);
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
      item.firstChild.paint(scene);
    });
  }

  #card(id) {
    const item = document.createElement("li");
    const card = document.createElement("mv-scene-card");
    item.id = `scene-${id}`;
    card.className = "scene";
    item.append(card);
    this.#cards.set(id, item);
    return item;
  }

  async #run() {
    if (this.inputs.ask()) return;
    await this.#act(async () => {
      if (!(await this.inputs.settle())) return null;
      this.inputs.fold();
      return spend(`/api/mv/projects/${this.state.project.id}/run`);
    });
  }

  async #act(act) {
    showProblem(this.ui.problem, null);
    this.ui.run.disabled = true;
    try {
      const job = await act();
      if (job) this.#did({ kind: "job.changed", data: job });
    } catch (problem) {
      showProblem(this.ui.problem, problem);
    }
    this.ui.run.disabled = false;
  }

  /** What went wrong on the way here (Create starts the run, then comes to this page). */
  #notice() {
    const name = `notice-${this.state.project.id}`;
    const notice = load(name);
    if (notice.title) showProblem(this.ui.problem, notice);
    forget(name);
  }

  #onlyOne(playing) {
    for (const media of document.querySelectorAll("video, audio")) if (media !== playing) media.pause();
    const card = playing.closest("mv-scene-card");
    this.querySelector("mv-summary-bar").play(card ? card.parentElement.id.replace("scene-", "") : null);
  }
}

customElements.define("mv-studio-page", StudioPage);
