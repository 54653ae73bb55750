// What the studio page knows of one project: its scenes and jobs, changed by the events of the feed and nothing else.

const ACTIVE = ["queued", "running", "waiting"];
const SHOOTS = ["clip", "lipsync"];
const SECONDS_EACH = 8;
const SAME_PLACE = 0.1; // seconds

/** What a run still needs of a project: the name of the first input that is missing, else nothing. */
export const lacks = ({ mode, idea, ...given }) =>
  !idea
    ? "idea"
    : mode === "product"
      ? !given.product_image_id && "product_image"
      : !given.character_description && !given.character_reference_id && "character_description";

export const isActive = (job) => Boolean(job) && ACTIVE.includes(job.state);

export const isUnfinished = (job) => isActive(job) || job?.state === "needs_review"; // it waits for a person's decision

export class StudioState {
  #drafted = { attempt: 0, scenes: new Map() };
  #views = null;
  #told = new Map(); // when the feed told of each thing last

  constructor({ project, jobs }) {
    this.jobs = new Map(jobs.map((job) => [job.id, job]));
    this.absorb(project);
  }

  /** Take in a whole snapshot, which is newer than all that was heard before it. */
  absorb({ scenes, cursor, ...project }) {
    this.#views = null;
    this.project = project;
    this.cursor = cursor;
    this.scenes = new Map(scenes.map((scene) => [scene.id, scene]));
  }

  /**
   * Take in one event; every event carries the full new state, so twice is as good as once. The answer to a click, which
   * was `asked` for at a time, is older than what the feed has told of the same thing since, and changes nothing then.
   */
  apply({ kind, data }, asked) {
    if (asked === undefined) this.#told.set(data.id, performance.now());
    else if (this.#told.get(data.id) >= asked) return;
    if (kind === "project.changed" && data.updated_at < this.project.updated_at) return; // its own answer was faster
    this.#views = null;
    if (kind.startsWith("job.")) this.jobs.set(data.id, data);
    else if (kind === "scenes.drafted") this.#draft(data);
    else if (kind === "project.changed") this.project = { ...this.project, ...data };
    else if (kind === "scenes.reordered") data.ids.forEach((id, index) => this.#place(id, index));
    else if (data.trashed) this.scenes.delete(data.id);
    else this.scenes.set(data.id, data);
  }

  /** Take in how jobs stand beside others just now; what they are, only the feed tells. */
  stand(jobs) {
    this.#views = null;
    for (const { id, state, waiting_for, overdue, eta_seconds, eta_range_seconds } of jobs) {
      const known = this.jobs.get(id);
      if (known?.state === state) this.jobs.set(id, { ...known, waiting_for, overdue, eta_seconds, eta_range_seconds });
    }
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

  /** The scenes in order, each with what the page shows of it; while the first are written, those that will be. */
  get ordered() {
    this.#views ??= this.scenes.size ? this.#everyView() : this.#coming();
    return this.#views;
  }

  #everyView() {
    const scenes = [...this.scenes.values()].sort((one, other) => one.index - other.index);
    const newest = this.#newestOfScenes();
    const places = this.#places(scenes);
    return scenes.map((scene, at) => this.#view(scene, newest.get(scene.id) ?? {}, places[at]));
  }

  #view(scene, { shot: job, text: writing }, [start, end]) {
    const take = chosenTake(scene);
    const song = Boolean(this.project.audio_id);
    const moved = take?.kind === "lipsync" && Math.abs((take.song_start ?? start) - start) > SAME_PLACE;
    const stale = [...(take?.stale_reasons ?? []), ...(moved ? ["place"] : [])];
    const how = { status: statusOf(job, take, scene.selected_at), textStatus: wrongOf(writing, scene.version_at) };
    return { ...scene, job, writing, take, start, end, song, stale, ...how };
  }

  #coming() {
    const { run, drafts } = this;
    const isOld = isActive(run) && this.writing?.queued_at < run.queued_at && !isUnfinished(this.writing); // of a run before
    const writing = isOld ? null : this.writing;
    if (!isActive(writing ?? run)) return [];
    const many = Math.max(writing?.number_of_scenes ?? run?.number_of_scenes ?? this.project.number_of_scenes ?? 0, drafts.length);
    const written = new Map(drafts.map((draft) => [draft.index, draft]));
    return Array.from({ length: many }, (_, index) => {
      const [start, end] = [index * SECONDS_EACH, (index + 1) * SECONDS_EACH];
      const empty = { description: "", negative_description: "", takes: [], take: null, stale: [], song: false };
      return { ...empty, ...written.get(index), id: `draft-${index}`, index, start, end, status: "writing" };
    });
  }

  /** Where each scene lies in the film: as the server lays it out, else one clip after the other. */
  #places(scenes) {
    const spans = new Map();
    for (const span of this.project.timeline?.spans ?? []) if (!spans.has(span.scene_id)) spans.set(span.scene_id, span);
    if (scenes.every(({ id }) => spans.has(id))) return scenes.map(({ id }) => [spans.get(id).start, spans.get(id).end]);
    let end = 0;
    return scenes.map((scene) => [end, (end += chosenTake(scene)?.duration ?? SECONDS_EACH)]);
  }

  /** Of each scene the newest job that shoots it and the newest that writes it. */
  #newestOfScenes() {
    const found = new Map();
    for (const job of this.jobs.values()) {
      const part = SHOOTS.includes(job.kind) ? "shot" : job.kind === "scenes" ? "text" : null;
      if (!part || !job.scene_id) continue;
      const newest = found.get(job.scene_id) ?? {};
      if (!newest[part] || job.queued_at > newest[part].queued_at) found.set(job.scene_id, { ...newest, [part]: job });
    }
    return found;
  }

  #newest(matches) {
    let found;
    for (const job of this.jobs.values()) if (matches(job) && (!found || job.queued_at > found.queued_at)) found = job;
    return found ?? null;
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

  /** Length of the film as it would be cut now, in seconds. */
  get seconds() {
    return this.ordered.at(-1)?.end ?? 0;
  }

  /** How many scenes there are or will be, and how they stand. */
  get counts() {
    const scenes = this.ordered;
    const having = (...states) => scenes.filter((scene) => states.includes(scene.status)).length;
    return {
      total: scenes.length,
      loading: having("loading", "writing"),
      ready: having("ready"),
      failed: having("failed", "review"),
    };
  }

  /** Jobs that go on by themselves. */
  get active() {
    return [...this.jobs.values()].filter(isActive);
  }

  /** Milliseconds until the next look at the feed: short while words arrive, a second while pictures are made. */
  get pace() {
    const { active } = this;
    if (active.some((job) => ["scenes", "portraits", "trim"].includes(job.kind))) return 400;
    return active.length ? 1000 : 1500;
  }
}

function chosenTake(scene) {
  return scene.takes.find((each) => each.id === scene.selected_take_id) ?? scene.takes.at(-1) ?? null;
}

/** A failure counts until a take is chosen, or newer words come, after it. */
function wrongOf(job, newerAt) {
  if (job?.state === "needs_review") return "review";
  return job?.state === "failed" && !(newerAt > job.finished_at) ? "failed" : null;
}

const statusOf = (job, take, chosenAt) => (isActive(job) ? "loading" : wrongOf(job, take && chosenAt) ?? (take ? "ready" : "empty"));
