// Playing pictures and song in step: a clip with its place in the song, or all chosen takes one after the other.

const DRIFT = 0.12; // seconds that picture and song may be apart before one is moved
let follower = null;

const addressOf = (song) => `/api/audio/get/${song}`;

/** Run along with a video that plays from `start` seconds of the film; `song` (an id or null) plays in step with it. */
export function alongside(video, start, song, told) {
  follower?.abort();
  follower = new AbortController();
  const { signal } = follower;
  const audio = song ? new Audio(addressOf(song)) : null;
  const step = () => {
    if (signal.aborted) return;
    const at = start + video.currentTime;
    if (audio && !audio.seeking && Math.abs(audio.currentTime - at) > DRIFT) audio.currentTime = at;
    told(at);
    requestAnimationFrame(step);
  };
  const end = () => {
    follower.abort();
    audio?.pause();
    told(null);
  };
  signal.addEventListener("abort", () => audio?.pause());
  for (const name of ["pause", "ended", "emptied"]) video.addEventListener(name, end, { signal });
  if (audio) {
    audio.currentTime = start + video.currentTime;
    audio.volume = video.muted ? 0 : video.volume;
    video.addEventListener("volumechange", () => (audio.volume = video.muted ? 0 : video.volume), { signal });
    audio.play().catch((error) => console.info("The song does not play along.", error.name));
  }
  step();
}

/** All chosen takes in order under the song, on a small screen of its own: two players take turns without a gap. */
export class RoughCut {
  isPlaying = false;
  #screens;
  #audio = new Audio();
  #told;
  #run = 0;
  #at = 0;

  /** `monitor` holds two videos; `told({at, scene, playing})` hears every picture. */
  constructor(monitor, told) {
    this.monitor = monitor;
    this.#screens = [...monitor.querySelectorAll("video")];
    monitor.append(this.#audio); // where `fresh.js` hears of it
    this.#told = told;
  }

  /** Play from `at` seconds of the film. */
  play(state, at) {
    follower?.abort();
    for (const media of document.querySelectorAll("video, audio")) media.pause();
    const run = ++this.#run;
    this.isPlaying = true;
    this.monitor.hidden = false;
    const { audio_id: song } = state.project;
    if (song && this.#audio.dataset.song !== song) Object.assign(this.#audio, { src: addressOf(song) }).dataset.song = song;
    this.#audio.currentTime = at;
    if (song) this.#audio.play().catch((error) => console.info("The song does not play.", error.name));
    this.#screens[0].muted = this.#screens[1].muted = Boolean(song);
    const scenes = state.ordered;
    let [began, from] = [performance.now(), at];
    const step = () => {
      if (run !== this.#run) return;
      const sound = song && !this.#audio.paused && !this.#audio.ended;
      const now = sound ? this.#audio.currentTime : from + (performance.now() - began) / 1000;
      if (sound) [began, from] = [performance.now(), now];
      this.#at = now;
      const scene = scenes.find(({ start, end }) => now >= start && now < end);
      if (!scene) return this.stop();
      this.#show(scene, now - scene.start, scenes[scene.index + 1]);
      this.#told({ at: now, scene, playing: true });
      requestAnimationFrame(step);
    };
    step();
  }

  stop() {
    this.#run += 1;
    this.isPlaying = false;
    this.#audio.pause();
    this.#screens.forEach((screen) => screen.pause());
    this.monitor.hidden = true;
    this.#told({ at: this.#at, scene: null, playing: false });
  }

  #show(scene, at, next) {
    const current = this.#screenOf(scene);
    const other = this.#screens.find((screen) => screen !== current);
    current.hidden = !scene.take;
    other.hidden = true;
    other.pause();
    if (next?.take) this.#load(other, next);
    if (!scene.take) return;
    if (current.paused && !current.ended) current.play().catch((error) => console.info("A clip does not play.", error.name));
    if (current.readyState > 0 && !current.seeking && Math.abs(current.currentTime - at) > DRIFT * 2) current.currentTime = at;
  }

  #screenOf(scene) {
    const known = this.#screens.find((screen) => screen.dataset.scene === scene.id && screen.dataset.take === scene.take?.id);
    const free = known ?? this.#screens.find((screen) => screen.hidden) ?? this.#screens[0];
    if (!known && scene.take) this.#load(free, scene);
    return free;
  }

  #load(screen, scene) {
    if (screen.dataset.take === scene.take.id) return;
    Object.assign(screen.dataset, { scene: scene.id, take: scene.take.id });
    Object.assign(screen, { src: scene.take.video_url, poster: scene.take.poster_url ?? "", preload: "auto" });
  }
}
