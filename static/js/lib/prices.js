// What every button of the studio would cost, asked of the API in one go whenever an input has changed.

import { post } from "./api.js";
import { PRICE_AGAIN_MS } from "./spend.js";

const CALM_MS = 150;

export class Prices {
  #asked = "";
  #timer = 0;
  #told;

  /** `told` is called when there are new prices. Until the first answer, and where none can be had, all are null. */
  constructor(told) {
    this.#told = told;
    this.#set([], {});
  }

  /** Ask again if what the prices hang on has changed. */
  ask(state) {
    const wanted = JSON.stringify(hangsOn(state));
    if (wanted === this.#asked) return;
    this.#asked = wanted;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#estimate(state), CALM_MS);
  }

  clipOf = (scene) => this.#clips.get(scene.id) ?? null;
  lipsyncOf = (scene) => this.#lipsyncs.get(scene.id) ?? null;
  #clips;
  #lipsyncs;

  async #estimate(state) {
    const asked = this.#asked;
    const written = state.ordered.filter((scene) => scene.description && scene.status !== "writing");
    const sung = written.filter((scene) => scene.song && scene.take);
    const about = (call, scenes) => scenes.map(({ id }) => ({ call, body: { scene_id: id } }));
    const run = { call: "run", body: { project_id: state.project.id } };
    const calls = [...about("generate_video", written), ...about("lipsync", sung), ...about("regenerate", written.slice(0, 1)), run];
    try {
      const answer = await post("/api/mv/estimate", { calls }, null);
      if (asked !== this.#asked) return;
      this.#set(answer.lines, answer, written, sung);
    } catch (problem) {
      if (asked !== this.#asked) return;
      console.info("No prices can be had.", problem.code);
      this.#set([], {});
      this.#timer = setTimeout(() => this.#again(), PRICE_AGAIN_MS);
    }
    this.#told();
  }

  /** Whoever is told asks. */
  #again() {
    this.#asked = "";
    this.#told();
  }

  #set(lines, { budgets = [], over_budget: over = false }, written = [], sung = []) {
    const of = (call) => lines.filter((line) => line.call === call);
    const each = (call) => of(call).flatMap((line) => Array(line.times).fill(Number(line.unit_price_usd)));
    const zip = (scenes, prices) => new Map(scenes.map(({ id }, at) => [id, prices[at]]));
    this.#clips = zip(written, each("generate_video"));
    this.#lipsyncs = zip(sung, each("lipsync"));
    this.rewrite = each("regenerate")[0] ?? null;
    const run = of("run");
    const clips = run.filter((line) => line.kind === "clip");
    this.run = run.length ? { usd: sum(run), clips: clips.reduce((all, line) => all + line.times, 0) } : null;
    const left = budgets.filter((budget) => budget.left_usd !== null).map((budget) => Number(budget.left_usd));
    this.budgetLeft = left.length ? Math.min(...left) : null;
    this.overBudget = over;
  }
}

const sum = (lines) => lines.reduce((all, line) => all + Number(line.usd), 0);

function hangsOn({ project, ordered, active }) {
  const { audio_id, config_flavor, character_reference_id, product_image_id, number_of_scenes, mode, cost_usd } = project;
  const scenes = ordered.map(({ id, version_id, take, status }) => [id, version_id, take?.id, status === "loading"]);
  const given = [audio_id, config_flavor, character_reference_id, product_image_id, number_of_scenes, mode, cost_usd];
  return [...given, project.cut_by, project.target_duration, Boolean(project.idea), active.length, ...scenes];
}
