// The growth chart: shows a visit's words beside it on hover and focus, arrow keys go from visit to visit, Escape puts the
// words away. Without this script every visit takes the focus by Tab and the browser shows its title.
(() => {
  const chart = document.querySelector("[data-growth-chart]");
  if (!chart) return;
  const SVG = "http://www.w3.org/2000/svg";
  const LINE = 17;
  const PAD = 8;
  const AWAY = 14; // from the visit's middle to the box
  const visits = [...chart.querySelectorAll(".wc-growth__visit")];
  const { width, height } = chart.viewBox.baseVal;
  let shown = null;

  function make(name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    if (text) element.textContent = text;
    return element;
  }

  function hide() {
    shown?.remove();
    shown = null;
  }

  function show(visit) {
    hide();
    const x = Number(visit.dataset.x);
    const y = Number(visit.dataset.y);
    const words = visit.dataset.lines.split("|");
    // A label that says to a screen reader what the visit's own label says already.
    shown = make("g", { "aria-hidden": "true", "pointer-events": "none", "font-size": "13" });
    const box = make("rect", { rx: 4, fill: "#1b1b1b", stroke: "#fff" });
    const texts = words.map((line, number) => make("text", { fill: "#fff", "font-weight": number ? 400 : 700 }, line));
    shown.append(make("circle", { cx: x, cy: y, r: 11, fill: "none", stroke: "#1b1b1b", "stroke-width": 2 }), box, ...texts);
    chart.append(shown);
    const wide = Math.max(...texts.map((text) => text.getBBox().width)) + 2 * PAD;
    const tall = texts.length * LINE + 2 * PAD - 4;
    const left = Math.min(Math.max(x - wide / 2, 2), width - wide - 2);
    const top = y + AWAY + tall < height ? y + AWAY : y - AWAY - tall;
    Object.entries({ x: left, y: top, width: wide, height: tall }).forEach(([key, value]) => box.setAttribute(key, value));
    texts.forEach((text, number) => {
      text.setAttribute("x", left + PAD);
      text.setAttribute("y", top + PAD + 10 + number * LINE);
    });
  }

  // One stop for Tab, as in a toolbar: the latest visit first.
  function stopAt(visit) {
    visits.forEach((one) => one.setAttribute("tabindex", one === visit ? "0" : "-1"));
  }

  visits.forEach((visit, number) => {
    visit.querySelector("title")?.remove();
    visit.addEventListener("mouseenter", () => show(visit));
    visit.addEventListener("mouseleave", () => (document.activeElement?.classList.contains("wc-growth__visit") ? show(document.activeElement) : hide()));
    visit.addEventListener("focus", () => { stopAt(visit); show(visit); });
    visit.addEventListener("blur", hide);
    visit.addEventListener("keydown", (event) => {
      const to = { ArrowRight: number + 1, ArrowLeft: number - 1, Home: 0, End: visits.length - 1 }[event.key];
      if (to === undefined || !visits[to]) return;
      event.preventDefault();
      visits[to].focus();
    });
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  stopAt(visits.at(-1));
})();
