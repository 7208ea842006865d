// Keys of one letter: "/" finds a student, "v" records vital signs. They do nothing in a field, and anybody can switch
// them off (WCAG 2.1.4): the choice stays in this browser; data-shortcuts="off" on the body switches them off for all.
(() => {
  const CHOICE = "whitecross-single-keys";
  const body = document.body;
  const button = document.querySelector("[data-shortcut-switch]");
  const on = () => body.dataset.shortcuts !== "off" && localStorage.getItem(CHOICE) !== "off";

  const targets = {
    "/": () => document.getElementById("student-search"),
    v: () => document.querySelector("#vitals-form input:not([type=hidden])"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      event.target.closest?.("form[data-ctrl-enter]")?.requestSubmit();
      return;
    }
    if (!on() || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    const target = targets[event.key]?.();
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.select();
  });

  if (!button || body.dataset.shortcuts === "off") return;
  const label = () => {
    button.textContent = on() ? "Switch single keys off" : "Switch single keys on";
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    localStorage.setItem(CHOICE, on() ? "off" : "on");
    label();
  });
  label();
})();
