// The clip player: the overlay follows the frame that is really shown, not the clock.
import { Overlay } from "./overlay.js";
import { say, toast } from "./texts.js";
import { readTracks } from "./tracks.js";

const FRAME_S = 1 / 25;
const LONGEST_FRAME_S = 0.25;
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 1, hour12: false };

/** The clock of a zone; UTC's, as the page's other times then are, for a zone that this browser does not know. */
function clockOf(timeZone) {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...CLOCK, timeZone });
  } catch {
    return clockOf("UTC");
  }
}

export class Player {
  constructor(root) {
    this.root = root;
    this.data = root.dataset;
    this.overlay = new Overlay(root.querySelector("[data-stage]"));
    this.video = root.querySelector("video");
    this.tracks = [];
    this.frameS = FRAME_S;
    this.clock = clockOf(this.data.timezone);
    if (this.data.tracks) this.loadTracks(this.data.tracks);
    if (this.video) this.wire();
  }

  find(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  async loadTracks(address) {
    const answer = await fetch(address);
    if (!answer.ok) return;
    const { tracks, zone, line } = readTracks(await answer.json());
    this.tracks = tracks;
    this.overlay.drawPlace({ zone, line });
    if (this.video) this.show(this.video.currentTime);
    this.root.dataset.ready = "true";
  }

  wire() {
    const { video } = this;
    this.from = Date.parse(this.data.from);
    video.addEventListener("loadedmetadata", () => this.measure());
    if (video.readyState >= 1) this.measure();
    video.addEventListener("error", () => toast(say("script.no_video"), true));
    for (const name of ["play", "pause", "ended"]) video.addEventListener(name, () => this.showPlaying());
    video.addEventListener("seeked", () => this.catchUp());
    video.addEventListener("click", () => this.playOrPause());
    this.find("play").addEventListener("click", () => this.playOrPause());
    for (const button of this.root.querySelectorAll("[data-step]")) button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    this.find("scrub").addEventListener("input", (event) => (video.currentTime = Number(event.target.value)));
    this.find("speed").addEventListener("change", (event) => (video.playbackRate = Number(event.target.value)));
    this.find("fullscreen").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen()));
    for (const button of this.root.querySelectorAll("[data-toggle]")) {
      button.addEventListener("click", () => {
        const visible = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(visible));
        this.overlay.toggle(button.dataset.toggle, visible);
      });
    }
    this.followFrames();
  }

  followFrames() {
    const { video } = this;
    if ("requestVideoFrameCallback" in video) {
      let last;
      const onFrame = (_now, { mediaTime }) => {
        if (last !== undefined && mediaTime > last && mediaTime - last < this.frameS) this.frameS = mediaTime - last;
        last = mediaTime;
        this.show(mediaTime);
        video.requestVideoFrameCallback(onFrame);
      };
      video.requestVideoFrameCallback(onFrame);
    } else {
      const onTick = () => {
        this.show(video.currentTime);
        requestAnimationFrame(onTick);
      };
      requestAnimationFrame(onTick);
    }
  }

  /** A busy browser may drop the callback of the frame it sought; what is drawn follows all the same. */
  catchUp() {
    if (Math.abs(this.shownS - this.video.currentTime) > LONGEST_FRAME_S) this.show(this.video.currentTime);
  }

  /** The event's part of the clip, marked on the scrubber; the clip opens where the event begins. */
  measure() {
    const { video, data } = this;
    const scrub = this.find("scrub");
    scrub.max = video.duration;
    this.overlay.cover();
    const secondsOf = (time) => Math.min(video.duration, Math.max(0, (Date.parse(time) - this.from) / 1000));
    const began = secondsOf(data.began);
    const ended = data.ended ? secondsOf(data.ended) : video.duration;
    Object.assign(this.find("event").style, {
      left: `${(began / video.duration) * 100}%`, width: `${((ended - began) / video.duration) * 100}%`,
    });
    this.show(video.currentTime);
    if (!video.currentTime && began) video.currentTime = began;
  }

  show(seconds) {
    const at = this.from + seconds * 1000;
    this.shownAt = at;
    this.shownS = seconds;
    this.root.dataset.shown = String(seconds);
    this.overlay.draw(this.tracks, at);
    this.find("scrub").value = seconds;
    this.find("clock").textContent = this.clock.format(at);
    const offset = Math.round((at - Date.parse(this.data.began)) / 100) / 10;
    const key = offset < 0 ? "script.offset_before" : "script.offset_after";
    this.find("offset").textContent = say(key, { s: Math.abs(offset).toFixed(1) });
  }

  playOrPause() {
    const { video } = this;
    if (!video) return;
    if (video.ended) video.currentTime = 0;
    video.paused ? video.play() : video.pause();
  }

  step(by) {
    if (!this.video) return;
    this.video.pause();
    this.video.currentTime = Math.min(this.video.duration, Math.max(0, this.video.currentTime + by * this.frameS));
  }

  showPlaying() {
    const { paused } = this.video;
    this.root.querySelector("[data-when-paused]").hidden = !paused;
    this.root.querySelector("[data-when-playing]").hidden = paused;
  }
}
