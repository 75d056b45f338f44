// What a careful eye would notice on a page, measured in the browser. An expression: an object of functions.
({
  // Texts below the ratios of WCAG 2.2 AA: 4.5, large ones 3.
  lowContrast() {
    const parse = (text) => {
      const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
      return text.startsWith("color(srgb") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
    };
    const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
    const channel = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const ratio = (a, b) => {
      const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    };
    // Grounds from the element outwards, until one hides all behind it; a picture may be anything, so both ends count.
    const grounds = (element) => {
      const layers = [];
      for (let e = element; e; e = e.parentElement) {
        const colour = parse(getComputedStyle(e).backgroundColor);
        if (colour[3] > 0) layers.push(colour);
        if (colour[3] === 1) break;
        if (e.parentElement?.querySelector(":scope > img, :scope > video") && getComputedStyle(e).position === "absolute") {
          return [[0, 0, 0], [255, 255, 255]].map((ground) => layers.reduceRight((under, top) => over(top, under), ground));
        }
      }
      return [layers.reduceRight((under, top) => over(top, under), [255, 255, 255])];
    };
    const opacity = (element) => {
      let product = 1;
      for (let e = element; e; e = e.parentElement) product *= Number(getComputedStyle(e).opacity);
      return product;
    };
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      const words = texts.currentNode.textContent.trim();
      if (!words || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (element.closest("option, .sr, .skip, noscript")) continue;
      const style = getComputedStyle(element);
      const [r, g, b, a] = parse(style.color);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      for (const ground of grounds(element)) {
        const got = ratio(over([r, g, b, a * opacity(element)], ground), ground);
        if (got < (large ? 3 : 4.5)) found.push(`${words.slice(0, 40)}: ${got.toFixed(2)} (${style.color} on ${ground})`);
      }
    }
    return found;
  },

  // What a finger would miss: less than 44 px to hit, for a link within text 24 px.
  smallTargets() {
    const found = [];
    const hits = (target, x, y) => document.elementsFromPoint(x, y).some((e) => target.contains(e));
    for (const target of document.querySelectorAll("a, button, select, input, textarea, summary, label.chip, label.switch")) {
      if (!target.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (target.matches("label:not(.field) input, .skip")) continue; // the label is the target; nobody taps to skip
      target.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const { left, top, width, height } = target.getBoundingClientRect();
      const reach = (target.matches("dd a, p:not(.pager) a, .card-case") ? 24 : 44) / 2 - 1;
      const [x, y] = [left + width / 2, top + height / 2];
      if (![[x - reach, y], [x + reach, y], [x, y - reach], [x, y + reach]].every(([x, y]) => hits(target, x, y))) {
        found.push(`${target.tagName} ${target.className} «${target.textContent.trim().slice(0, 30)}»: ${width} × ${height}`);
      }
    }
    scrollTo(0, 0);
    return found;
  },

  // Texts that reach over the window's edge.
  cutOff() {
    const found = [];
    const edge = Math.min(document.documentElement.clientWidth, screen.width); // a phone widens its page to what overflows
    for (const element of document.querySelectorAll("h1, h2, h3, p, dd, dt, td, th, b, a, button, summary, label, small, code")) {
      if (!element.checkVisibility() || element.closest(".sr, .skip, .chips, .tabs")) continue;
      const { left, right, width } = element.getBoundingClientRect();
      if (width > 1 && (right > edge + 1 || left < -1)) found.push(`${element.tagName} «${element.textContent.trim().slice(0, 40)}»`);
    }
    return found;
  },

  // What has the focus, and whether one can see that.
  focused() {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const shown = [element, element.closest(".card, .chip, .switch, .field")].filter(Boolean).some((e) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(e);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    });
    return [`${element.tagName} ${element.className} ${element.name ?? ""} «${element.textContent.trim().slice(0, 30)}»`, shown];
  },
})
