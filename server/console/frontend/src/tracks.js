// Tracks over time: pure arithmetic from the TRACKS evidence to what is drawn at a moment.

const GAP_MS = 1200;
const PATH_MS = 6000;

/**
 * Reads the evidence: {zone, line, frames: [{at, objects: [{track, label, score, box, involved}]}]}, boxes 0..1 xyxy.
 * A number below 0 is of a thing without a track. Times become milliseconds since the epoch; each track becomes a list
 * of sightings in order of time.
 */
export function readTracks(document) {
  const tracks = new Map();
  for (const frame of document.frames) {
    const at = Date.parse(frame.at);
    for (const object of frame.objects) {
      if (!tracks.has(object.track)) tracks.set(object.track, []);
      tracks.get(object.track).push({ at, ...object });
    }
  }
  return { zone: document.zone, line: document.line, tracks: [...tracks.values()] };
}

/** Index of the last sighting not later than `at`, -1 if there is none. */
export function lastBefore(sightings, at) {
  let low = 0;
  let high = sightings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sightings[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The object as it was at `at`, between two sightings in a straight line; null where it was not seen. */
export function objectAt(sightings, at) {
  const index = lastBefore(sightings, at);
  if (index < 0) return null;
  const before = sightings[index];
  const after = sightings[index + 1];
  if (!after) return at - before.at <= 250 ? before : null;
  if (after.at - before.at > GAP_MS) return at - before.at <= 250 ? before : null;
  const part = (at - before.at) / (after.at - before.at);
  return { ...before, box: before.box.map((value, i) => value + (after.box[i] - value) * part) };
}

/** Foot points (middle of the lower edge) of the last seconds up to `at`, the present one last. */
export function pathUntil(sightings, at) {
  const now = objectAt(sightings, at);
  if (!now) return [];
  const points = [];
  for (let i = lastBefore(sightings, at); i >= 0 && at - sightings[i].at <= PATH_MS; i--) points.unshift(foot(sightings[i].box));
  points.push(foot(now.box));
  return points;
}

function foot([x1, , x2, y2]) {
  return [(x1 + x2) / 2, y2];
}
