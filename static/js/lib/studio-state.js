// What the studio page knows of one project: its scenes and jobs, changed by the events of the feed and nothing else.

const ACTIVE = ["queued", "running", "waiting"];
const SHOOTS = ["clip", "lipsync"];
const SECONDS_EACH = 8;

export const isActive = (job) => Boolean(job) && ACTIVE.includes(job.state);

export class StudioState {
  #drafted = { attempt: 0, scenes: new Map() };

  constructor({ project: { scenes, cursor, ...project }, jobs }) {
    this.project = project;
    this.cursor = cursor;
    this.scenes = new Map(scenes.map((scene) => [scene.id, scene]));
    this.jobs = new Map(jobs.map((job) => [job.id, job]));
  }

  /** Take in one event; every event carries the full new state, so twice is as good as once. */
  apply({ kind, data }) {
    if (kind.startsWith("job.")) this.jobs.set(data.id, data);
    else if (kind === "scenes.drafted") this.#draft(data);
    else if (kind === "project.changed") this.project = { ...this.project, ...data };
    else if (kind === "scenes.reordered") data.ids.forEach((id, index) => this.#place(id, index));
    else if (data.trashed) this.scenes.delete(data.id);
    else this.scenes.set(data.id, data);
  }

  #place(id, index) {
    const scene = this.scenes.get(id);
    if (scene) this.scenes.set(id, { ...scene, index });
  }

  /** Every answer of a writer begins anew: drafts of another attempt take the place of those before. */
  #draft({ job_id, scene_id, attempt, scenes }) {
    if (scene_id) return;
    const same = this.#drafted.job_id === job_id && this.#drafted.attempt === attempt;
    if (!same) this.#drafted = { job_id, attempt, scenes: new Map() };
    for (const scene of scenes) this.#drafted.scenes.set(scene.index, scene);
  }

  /** What the writer under way has written so far, in order. */
  get drafts() {
    const { job_id, scenes } = this.#drafted;
    const current = isActive(this.writing) && this.writing.id === job_id;
    return current ? [...scenes.values()].sort((one, other) => one.index - other.index) : [];
  }

  /** The scenes in order, each with what the page shows of it. */
  get ordered() {
    return [...this.scenes.values()].sort((one, other) => one.index - other.index).map((scene) => this.#view(scene));
  }

  #view(scene) {
    const job = this.#newest((each) => each.scene_id === scene.id && SHOOTS.includes(each.kind));
    const writing = this.#newest((each) => each.scene_id === scene.id && each.kind === "scenes");
    const take = scene.takes.find((each) => each.id === scene.selected_take_id) ?? scene.takes.at(-1) ?? null;
    const start = scene.index * SECONDS_EACH;
    return { ...scene, job, writing, take, start, end: start + SECONDS_EACH, status: statusOf(job, take) };
  }

  #newest(matches) {
    let found = null;
    for (const job of this.jobs.values()) {
      if (matches(job) && (!found || job.queued_at > found.queued_at)) found = job;
    }
    return found;
  }

  get run() {
    return this.#newest((job) => job.kind === "run");
  }

  get stitch() {
    return this.#newest((job) => job.kind === "stitch");
  }

  /** The job that writes all scenes (not the text of one). */
  get writing() {
    return this.#newest((job) => job.kind === "scenes" && !job.scene_id);
  }

  /** How many scenes there are or will be, and how they stand. */
  get counts() {
    const scenes = this.ordered;
    const having = (...states) => scenes.filter((scene) => states.includes(scene.status)).length;
    const coming = scenes.length || !isActive(this.writing) ? 0 : (this.project.number_of_scenes ?? 0);
    const loading = having("loading") + coming;
    return { total: scenes.length || coming, loading, ready: having("ready"), failed: having("failed", "review") };
  }

  /** Milliseconds until the next look at the feed: short while words arrive, a second while pictures are made. */
  get pace() {
    const active = [...this.jobs.values()].filter(isActive);
    if (active.some((job) => ["scenes", "portraits", "trim"].includes(job.kind))) return 400;
    return active.length ? 1000 : 2000;
  }
}

function statusOf(job, take) {
  if (isActive(job)) return "loading";
  if (job?.state === "needs_review") return "review";
  if (job?.state === "failed") return "failed";
  return take ? "ready" : "empty";
}
