// Small services to every page: nothing about it stays in the browser, the focus stays clear of the sticky alert, errors
// are met first, a form is sent once, and a printed page bears the time of printing.
(() => {
  // htmx notes the page's address here when it loads; an address names a student, and shared computers remember.
  sessionStorage.removeItem("htmx-current-path-for-history");

  const alert = document.querySelector(".wc-alerts--life_threatening");
  if (alert) {
    const MOST_OF_SCREEN = 0.3; // an alert taller than this would hide the page it guards
    const fit = () => {
      alert.classList.toggle("wc-alerts--still", alert.offsetHeight > window.innerHeight * MOST_OF_SCREEN);
      const covers = getComputedStyle(alert).position === "sticky" ? alert.offsetHeight + 16 : 16;
      document.documentElement.style.scrollPaddingTop = `${covers}px`;
    };
    new ResizeObserver(fit).observe(alert);
    window.addEventListener("resize", fit);
  }

  document.querySelector("[data-focus-first]")?.focus();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("ctrlEnter" in form.dataset)) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  // Back in the browser brings the page as it was: it may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  const time = document.querySelector("[data-print-time]");
  window.addEventListener("beforeprint", () => {
    if (!time) return;
    time.textContent = new Date().toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  });
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
