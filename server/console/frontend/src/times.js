// Keeps «5 min ago» true, in the same words as the server.
import { say } from "./texts.js";

const UNITS = [["d", 86400], ["h", 3600], ["min", 60]];

function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  for (const [unit, length] of UNITS) {
    if (whole >= length) return say(`time.span.${unit}`, { n: Math.floor(whole / length) });
  }
  return say("time.span.s", { n: whole });
}

export function refreshAgo(now = Date.now()) {
  for (const element of document.querySelectorAll("[data-ago]")) {
    const seconds = (now - Date.parse(element.dataset.ago)) / 1000;
    const text = seconds < 5 ? say("time.just_now") : say("time.ago", { span: span(seconds) });
    if (element.textContent !== text) element.textContent = text;
  }
}

setInterval(() => document.hidden || refreshAgo(), 5000);
