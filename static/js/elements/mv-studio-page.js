// One project's page: takes the snapshot the server put in, follows the feed, and lets every part draw itself.

import { askedAt, get, post } from "../lib/api.js";
import { embedded, parts, setText, showConnection, showProblem } from "../lib/dom.js";
import { Draft, taken } from "../lib/draft.js";
import { follow } from "../lib/events.js";
import { beginning, money } from "../lib/format.js";
import { Prices } from "../lib/prices.js";
import { Reading } from "../lib/reading.js";
import { shortcuts } from "../lib/shortcuts.js";
import { StudioState, isActive, isUnfinished, lacks } from "../lib/studio-state.js";
import { _, _n } from "../lib/text.js";
import { paintWriting } from "../lib/writing.js";
import "./mv-final-card.js";
import "./mv-scene-list.js";
import "./mv-summary-bar.js";

const LINES_MS = 5_000;
const TEXT = {
  untitled: _("Untitled video"),
  title: (done, total, heading) => `${total ? `(${done}/${total}) ` : ""}${heading} · MV Studio`,
  generate: _("Generate Videos"),
  missing: (count) => _n("Generate %(count)s clip", "Generate %(count)s clips", count),
  rest: _("Make what is missing"),
  ask: _("The studio needs an idea and a character before it can start. Nothing starts by itself."),
  askProduct: _("The studio needs an idea and a product picture before it can start. Nothing starts by itself."),
  idle: _("Nothing is made yet. Generate Videos writes the scenes, shoots every clip and cuts them together."),
  group: _("On this page"),
};
const PARTS = ["config-card", "inputs-card", "summary-bar", "scene-list", "final-card"];
const SELDOM = { "config-card": () => import("./mv-config-card.js"), "inputs-card": () => import("./mv-inputs-card.js") };
const FINAL = ["job.succeeded", "job.failed", "job.canceled"];
const INPUTS = ["character_reference_id", "product_image_id", "audio_id", "cut_by", "target_duration"];

class StudioPage extends HTMLElement {
  #heard = 0;

  connectedCallback() {
    this.ui = parts(this);
    for (const name of PARTS) this[name] = this.querySelector(`mv-${name}`);
    this.state = new StudioState(embedded("snapshot"));
    this.prices = new Prices(() => this.#paint());
    this.reading = new Reading(this.ui.latest);
    this.ui.run.addEventListener("click", () => this.#run());
    this.ui.cancel.addEventListener("click", () => this.#act(() => post(this.state.run.urls.cancel)));
    this.addEventListener("mv-event", (event) => this.#did(event.detail));
    this.addEventListener("mv-wrong", (event) => showProblem(this.ui.problem, event.detail));
    this.addEventListener("play", (event) => this.#onlyOne(event.target), { capture: true });
    shortcuts(TEXT.group, [{ key: "Ctrl+Enter", text: TEXT.generate, act: () => this.ui.run.checkVisibility() && this.#run() }]);
    for (const name of Object.keys(SELDOM)) {
      const fold = this[name].querySelector("details");
      fold.addEventListener("toggle", () => fold.open && this.#whole(name));
      if (Object.keys(new Draft(`${name}-${this.state.project.id}`).load()).length) fold.open = true;
      if (fold.open) this.#whole(name);
    }
    this.#paint();
    this.#notice();
    const { id } = this.state.project;
    this.others = new BroadcastChannel(`mv-project-${id}`);
    this.feed = follow(`/api/mv/projects/${id}/events`, {
      after: this.state.cursor,
      onEvents: (events) => this.#hear(events),
      onState: (state) => showConnection(this.ui.connection, state),
      pace: () => this.state.pace,
    });
    this.others.addEventListener("message", () => this.feed.poke());
    this.lines = setInterval(() => this.#lookAtLines(), LINES_MS);
    this.#lookAtLines();
  }

  /** A folded card needs its module only when it is opened. */
  async #whole(name) {
    await SELDOM[name]();
    this.#paint();
    return this[name];
  }

  #hear(events, asked) {
    const before = new Map(this.state.ordered.map((scene) => [scene.id, scene]));
    const { project } = this.state;
    for (const event of events) this.state.apply(event, asked);
    this.#heard = Math.max(this.#heard, events.at(-1).id ?? 0);
    this.#paint();
    if (asked === undefined) this.#tell(before, this.state.ordered); // of a click, its own message tells
    const ended = events.filter(({ kind }) => FINAL.includes(kind));
    if (ended.some(({ data }) => data.kind === "run")) import("../lib/away.js").then(({ tellAway }) => tellAway(document.title));
    const moved = INPUTS.some((name) => project[name] !== this.state.project[name]);
    if (moved || ended.length) this.#refresh();
  }

  async #tell(before, now) {
    const { tellChanges } = await import("../lib/aloud.js");
    tellChanges(before, now, (scene) => this.reading.news(document.getElementById(`scene-${scene.id}`)));
  }

  /** The answer to a click is shown at once; the feed tells the rest, here and in other tabs. */
  #did(event) {
    this.#hear([event], askedAt(event.data));
    this.feed.poke();
    this.others.postMessage("look");
  }

  /** What the project has cost, and what has become out of date, is known to the server. */
  async #refresh() {
    const project = await get(`/api/mv/projects/${this.state.project.id}`).catch(() => null);
    if (!project) return;
    if (project.cursor < this.#heard) return this.#refresh(); // it was read before what has just been told
    this.state.absorb(project);
    this.#paint();
  }

  /** Who waits in a line hears of it only by asking: nothing happens to a job when those before it go on. */
  async #lookAtLines() {
    const { active, project } = this.state;
    if (document.hidden || !active.length) return;
    const query = `project=${project.id}&state=queued&state=running&state=waiting&page_size=200`;
    const { results } = await get(`/api/mv/jobs/?${query}`).catch(() => ({ results: [] }));
    this.state.stand(results);
    this.#paint();
  }

  #paint() {
    const { state, prices } = this;
    const { project, run, counts, ordered: scenes } = state;
    if (state.active.length) import("./mv-job-progress.js");
    const heading = beginning(project.title || project.idea) || TEXT.untitled;
    const busy = isActive(run);
    setText(this.ui.heading, heading);
    document.title = TEXT.title(counts.ready, counts.total, heading);
    this["config-card"].paint?.(project);
    this["inputs-card"].paint?.(project, { fold: scenes.length > 0 || busy });
    this["summary-bar"].paint(state, prices);
    this["scene-list"].paint(scenes, prices, project);
    paintWriting(this.ui, state, { first: scenes[0], list: this["scene-list"] });
    this["final-card"].paint(state);
    const whole = scenes.length > 0 && scenes.every((scene) => scene.take) && project.final_video_id;
    this.ui.run.hidden = busy || Boolean(whole);
    setText(this.ui.run_words, this.#runWords(scenes));
    this.ui.cancel.hidden = !busy;
    this.ui.cancel.disabled = Boolean(run?.cancel_requested);
    this.ui.hint.hidden = scenes.length > 0 || busy || isUnfinished(state.writing);
    setText(this.ui.hint, !lacks(project) ? TEXT.idle : project.mode === "product" ? TEXT.askProduct : TEXT.ask);
    if (document.body.dataset.role !== "view") prices.ask(state); // what others pay is theirs to know
  }

  #runWords(scenes) {
    const { run } = this.prices;
    const words = !scenes.length ? TEXT.generate : run?.clips ? TEXT.missing(run.clips) : TEXT.rest;
    return run ? `${words} · ≈ ${money(run.usd)}` : words;
  }

  async #run() {
    if (!lacks(this.state.project)) this["inputs-card"].fold?.(); // at once, while it is plain what made the page move
    const inputs = await this.#whole("inputs-card");
    const config = this["config-card"];
    await this.#act(async () => {
      if (!(await inputs.arrive()) || inputs.ask(lacks)) return null;
      this.reading.start();
      if (config.querySelector("details[open]")) await this.#whole("config-card");
      if (!(await inputs.settle()) || (await config.settle?.()) === false) return null;
      inputs.fold();
      return (await import("../lib/spend.js")).spend(`/api/mv/projects/${this.state.project.id}/run`);
    });
  }

  async #act(act) {
    if (this.ui.run.ariaBusy === "true") return;
    showProblem(this.ui.problem, null);
    this.ui.run.ariaBusy = "true";
    this.ui.run.disabled = true;
    try {
      const job = await act();
      if (job) this.#did({ kind: "job.changed", data: job });
    } catch (problem) {
      showProblem(this.ui.problem, problem);
    }
    this.ui.run.disabled = false;
    this.ui.run.ariaBusy = null;
  }

  /** What went wrong on the way here (Create starts the run, then comes to this page). */
  #notice() {
    const notice = taken(`notice-${this.state.project.id}`);
    if (notice.title) showProblem(this.ui.problem, notice);
  }

  #onlyOne(playing) {
    if (playing.closest("[data-part=monitor]")) return;
    for (const media of document.querySelectorAll("video, audio")) if (media !== playing) media.pause();
    const id = playing.closest("mv-scene-card")?.parentElement.id.replace("scene-", "");
    const scene = this.state.ordered.find((each) => each.id === id) ?? null;
    if (scene || playing.closest("mv-final-card")) this["summary-bar"].strip.follow(playing, scene);
  }
}

customElements.define("mv-studio-page", StudioPage);
