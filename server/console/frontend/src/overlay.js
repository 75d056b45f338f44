// Draws zone, boxes, paths and labels over the picture: an SVG of 1000 × 1000 stretched over it, labels in HTML.
import { noun } from "./texts.js";
import { objectAt, pathUntil } from "./tracks.js";

const SVG = "http://www.w3.org/2000/svg";
const scaled = (value) => (value * 1000).toFixed(1);
const points = (list) => list.map(([x, y]) => `${scaled(x)},${scaled(y)}`).join(" ");

function shape(name, className, attributes) {
  const element = document.createElementNS(SVG, name);
  element.setAttribute("class", className);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export class Overlay {
  /** `stage` holds the picture, the SVG with its layers, and the box for labels. */
  constructor(stage) {
    this.stage = stage;
    this.picture = stage.querySelector("video, img, .blank");
    this.svg = stage.querySelector("[data-overlay]");
    this.labels = stage.querySelector("[data-labels]");
    this.layer = (name) => this.svg.querySelector(`[data-layer=${name}]`);
    this.hidden = new Set();
    this.fit = new ResizeObserver(() => this.cover());
    this.fit.observe(this.picture);
    this.fit.observe(stage);
    this.picture.addEventListener("load", () => this.cover());
    this.cover();
  }

  /** Lays the overlay exactly over the picture, which may be narrower or lower than its stage. */
  cover() {
    const { width, height, left, top } = this.picture.getBoundingClientRect();
    const stage = this.stage.getBoundingClientRect();
    const natural = (this.picture.videoWidth || this.picture.naturalWidth) / (this.picture.videoHeight || this.picture.naturalHeight) || width / height;
    const w = Math.min(width, height * natural);
    const h = w / natural;
    for (const element of [this.svg, this.labels]) {
      Object.assign(element.style, {
        inset: "auto", left: `${left - stage.left + (width - w) / 2}px`, top: `${top - stage.top + (height - h) / 2}px`, width: `${w}px`, height: `${h}px`,
      });
    }
  }

  toggle(name, visible) {
    visible ? this.hidden.delete(name) : this.hidden.add(name);
    this.layer(name).style.display = visible ? "" : "none";
    if (name === "boxes") this.labels.style.display = visible ? "" : "none";
  }

  drawPlace({ zone, line }) {
    const shapes = [];
    if (zone) shapes.push(shape("polygon", "zone", { points: points(zone.polygon) }));
    if (line) shapes.push(shape("polyline", "line", { points: points([line.start, line.end]) }));
    if (shapes.length) this.layer("zones").replaceChildren(...shapes);
  }

  /** What was seen at `at` (ms since the epoch). */
  draw(tracks, at) {
    const boxes = [];
    const paths = [];
    const labels = [];
    for (const sightings of tracks) {
      const object = objectAt(sightings, at);
      if (!object) continue;
      const kind = object.involved ? "" : " other";
      const [x1, y1, x2, y2] = object.box;
      boxes.push(shape("rect", `box${kind}`, { x: scaled(x1), y: scaled(y1), width: scaled(x2 - x1), height: scaled(y2 - y1), "data-track": object.track }));
      if (object.track > 0) paths.push(shape("polyline", `path${kind}`, { points: points(pathUntil(sightings, at)) }));
      if (object.involved) labels.push(label(object, x1, y1));
    }
    this.layer("boxes").replaceChildren(...boxes);
    this.layer("paths").replaceChildren(...paths);
    this.labels.replaceChildren(...labels);
  }
}

function label(object, x, y) {
  const score = object.track < 0 ? "" : ` ${Math.round(object.score * 100)} %`; // no detector has seen what has no track
  const element = Object.assign(document.createElement("span"), { className: "label", textContent: noun(object.label) + score });
  Object.assign(element.style, { left: `${x * 100}%`, top: `${Math.max(y, 0.035) * 100}%` });
  return element;
}
