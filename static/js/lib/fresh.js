// Films and songs of a bucket come from addresses that hold for a quarter of an hour. A player that was paused longer
// asks the studio, whose own address stays, for a new one and goes on at its place.

const HOLDS_MS = 14 * 60_000;

const since = new WeakMap(); // when each player got the address it has

function isOld(player) {
  return Date.now() - (since.get(player) ?? Infinity) > HOLDS_MS;
}

function has({ buffered, currentTime }) {
  for (let part = 0; part < buffered.length; part += 1) {
    if (buffered.start(part) <= currentTime && currentTime < buffered.end(part)) return true;
  }
  return false;
}

/** A browser that is refused asks the old address for half a minute before it gives up, so what is needed is asked for at once. */
function renew(player) {
  if (!isOld(player) || (!player.error && has(player))) return;
  const { currentTime, paused } = player;
  since.delete(player); // once, until it has answered
  player.load();
  player.currentTime = currentTime;
  if (!paused) player.play().catch(() => player.pause());
}

document.addEventListener("loadedmetadata", ({ target }) => since.set(target, Date.now()), true);
for (const name of ["seeking", "waiting", "error"]) {
  document.addEventListener(name, ({ target }) => target instanceof HTMLMediaElement && renew(target), true);
}
