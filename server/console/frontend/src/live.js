// The stream of changes, and what the page says of it: live, reconnecting, or stale since when.
import { say } from "./texts.js";

const STALE_AFTER_BEATS = 2.5;
const AGAIN_MS = 3000;

/**
 * Opens /events. `onHello(changed)` runs at each (re)connection: ask anew for all that is shown, for nothing was kept;
 * `changed`: whether anything has since this page was asked for.
 * `onChange(kind, {id, revision})` runs for each change.
 */
export function follow({ onHello, onChange }) {
  const line = new Line(onHello, onChange);
  line.open();
  return line;
}

class Line {
  constructor(onHello, onChange) {
    this.onHello = onHello;
    this.onChange = onChange;
    this.heardAt = Date.now();
    this.beatMs = 5000;
    this.watch = setInterval(() => this.check(), 1000);
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (event) => event.persisted && this.open());
  }

  open() {
    this.source?.close();
    this.source = new EventSource("/events");
    this.openedAt = Date.now();
    const hear = (name, act) =>
      this.source.addEventListener(name, (event) => {
        this.heardAt = Date.now();
        this.show("live");
        act?.(JSON.parse(event.data));
      });
    hear("hello", ({ beat_s, quiet_s }) => {
      this.beatMs = beat_s * 1000;
      // The page was asked for at the origin of performance.now(): what changed after that it may not show yet.
      this.onHello(quiet_s * 1000 <= performance.now());
    });
    hear("beat");
    for (const kind of ["alert", "case", "node", "evidence", "snooze"]) hear(kind, (change) => this.onChange(kind, change));
    hear("reload", () => this.onHello(true));
    this.source.addEventListener("bye", () => location.reload());
    this.source.onerror = () => this.check();
  }

  check() {
    const silentMs = Date.now() - this.heardAt;
    if (silentMs > this.beatMs * STALE_AFTER_BEATS) this.show("stale");
    else if (this.source.readyState !== EventSource.OPEN && silentMs > 400) this.show("reconnecting");
    const dead = this.source.readyState === EventSource.CLOSED || silentMs > this.beatMs * STALE_AFTER_BEATS;
    if (dead && Date.now() - this.openedAt > AGAIN_MS) this.open();
  }

  show(state) {
    const pill = document.querySelector("[data-live]");
    if (!pill || (pill.dataset.live === state && state !== "stale")) return;
    const time = new Date(this.heardAt).toLocaleTimeString(document.documentElement.lang, { hour12: false });
    const text = say(`script.live.${state}`, { time });
    pill.dataset.live = state;
    const words = pill.querySelector("[data-live-text]");
    if (words.textContent !== text) words.textContent = text;
  }
}
