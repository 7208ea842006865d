// The student search of the header: an ARIA 1.2 combobox. The focus stays in the input, the server answers each pause in
// typing with a list of options, the first of which is chosen beforehand. Without this script the form simply posts.
(() => {
  const form = document.querySelector(".wc-search");
  if (!form) return;
  const input = form.querySelector("input[name=search]");
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector(".wc-search__status");
  const PAUSE_MS = 150;
  let timer = 0;
  let asking = null; // the AbortController of the question that is on its way
  let waiting = false; // typed, and not answered yet
  let enterPressed = false; // Enter came before the answer did

  Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", "aria-haspopup": "listbox",
  }).forEach(([name, value]) => input.setAttribute(name, value));

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  const open = (option) => window.location.assign(option.dataset.href);

  function choose(option) {
    options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function say(text) {
    status.textContent = text;
  }

  function close() {
    window.clearTimeout(timer);
    asking?.abort();
    waiting = enterPressed = false;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    say("");
  }

  function show(html) {
    list.innerHTML = html;
    waiting = false;
    const found = options();
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    choose(found[0]);
    say(found.length === 0 ? "No student of your schools matches." : `${found.length} found`);
    // Enter in a hurry opens the only hit. Among several the nurse must see whom she opens.
    if (enterPressed && found.length === 1) open(found[0]);
    enterPressed = false;
  }

  async function ask() {
    const text = input.value.trim();
    asking?.abort();
    if (!text) return close();
    asking = new AbortController();
    const { signal } = asking;
    // In the body of a POST: a name in an address would end up in logs.
    const body = new FormData(form);
    try {
      const answer = await fetch(form.dataset.options, { method: "POST", body, signal });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const html = await answer.text();
      if (!signal.aborted) show(html);
    } catch (error) {
      if (error.name === "AbortError") return;
      close();
      say("Search does not answer. Press Enter to search the students list, or sign in again.");
    }
  }

  input.addEventListener("input", () => {
    waiting = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE_MS);
  });

  input.addEventListener("keydown", (event) => {
    const found = options();
    const at = found.indexOf(chosen());
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length) {
      event.preventDefault();
      choose(found[(at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length]);
    } else if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      close();
    } else if (event.key === "Enter" && !event.isComposing && (waiting || chosen())) {
      event.preventDefault();
      if (waiting) enterPressed = true;
      else open(chosen());
    } else if (event.key === "Tab") {
      close();
    }
  });

  // Before the input loses the focus to the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) open(option);
  });
  input.addEventListener("blur", close);
})();
