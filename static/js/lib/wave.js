// Drawing a song's curve and beats on a canvas, in the page's own colours and at the screen's own resolution.

const BEAT_LEAST_PX = 4;

/** Draw `{peaks, duration, beats, downbeats}` (or nothing yet) for the first `seconds` of the song. */
export function drawWave(canvas, heard, seconds) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  const scale = devicePixelRatio || 1;
  Object.assign(canvas, { width: width * scale, height: height * scale });
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  pen.scale(scale, scale);
  if (!heard || !seconds) return;
  const x = (moment) => (moment / seconds) * width;
  const each = seconds / heard.duration / width; // the part of the peaks under one pixel
  pen.fillStyle = style.color;
  for (let at = 0; at < width && at * each < 1; at += 2) {
    const from = Math.floor(at * each * heard.peaks.length);
    const to = Math.max(from + 1, Math.floor((at + 2) * each * heard.peaks.length));
    const peak = Math.max(...heard.peaks.slice(from, to), 0.02);
    const tall = Math.min(1, peak) * (height - 6);
    pen.fillRect(at, (height - tall) / 2, 1.25, tall);
  }
  const beats = heard.beats ?? [];
  const bars = new Set(heard.downbeats ?? []);
  const step = x(beats[1] - beats[0]) || 0;
  pen.fillStyle = style.outlineColor;
  for (const beat of beats) {
    const isBar = bars.has(beat);
    if (beat > seconds || (!isBar && step < BEAT_LEAST_PX)) continue;
    pen.fillRect(x(beat), isBar ? height - 8 : height - 4, 1, isBar ? 8 : 4);
  }
}
