// The measuring sheet: each row is sent when the focus leaves it, Enter goes down the column, and what could not be sent
// waits and is sent again. Without this script the button sends the whole sheet.
(() => {
  const table = document.querySelector("[data-measure]");
  const form = document.getElementById("sheet");
  if (!table || !form) return;
  const RETRY_MS = 5000;
  const count = document.getElementById("measure-count");
  const said = document.getElementById("measure-said");
  const rows = [...table.querySelectorAll("[data-row]")];
  // What the page came with is settled; somebody may have typed before this script was there.
  const states = new WeakMap(rows.map((row) => [row, { settled: typed(row, "defaultValue"), sent: null, waiting: false }]));
  let leaving = false;

  function inputs(row) {
    return [...row.querySelectorAll("input[data-sign]")];
  }
  function typed(row, which = "value") {
    return inputs(row).map((input) => input[which].trim()).join("|");
  }
  function stateOf(row) {
    return row.querySelector("[data-state]")?.dataset.state;
  }
  const changed = (row) => states.get(row).settled !== typed(row);
  const open = (row) => changed(row) || states.get(row).waiting || ["check", "refused", "clash", "take_back"].includes(stateOf(row));

  function save(row) {
    window.htmx.trigger(row, "wc:save");
  }

  function tell(row, text, waiting) {
    const net = row.querySelector(".wc-said__net");
    net.textContent = text;
    net.hidden = !text;
    row.classList.toggle("wc-row--waiting", waiting);
    states.get(row).waiting = waiting;
  }

  function countAgain() {
    const measured = rows.filter((row) => stateOf(row) === "already" || row.querySelector("[name$='-record']")).length;
    const look = rows.filter((row) => stateOf(row) && open(row) && !row.contains(document.activeElement)).length;
    count.textContent = `${measured} of ${rows.length} measured${look ? `, ${look} to look at` : ""}`;
  }

  // Down the column; the last row leads to the button.
  function move(input, step) {
    const next = rows[rows.indexOf(input.closest("[data-row]")) + step];
    const target = next ? next.querySelector(`[data-sign=${input.dataset.sign}]`) : step > 0 && document.querySelector("button[form=sheet]");
    if (!target) return;
    target.focus();
    target.select?.();
  }

  table.addEventListener("keydown", (event) => {
    const input = event.target.closest("input[data-sign]");
    if (!input || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    move(input, step);
  });

  table.addEventListener("focusout", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && !row.contains(event.relatedTarget) && changed(row)) save(row);
  });
  table.addEventListener("change", (event) => {
    if (event.target.type === "checkbox" && event.target.checked) save(event.target.closest("[data-row]"));
  });

  table.addEventListener("htmx:beforeRequest", (event) => {
    const row = event.target.closest("[data-row]");
    states.get(row).sent = typed(row);
    tell(row, "Saving …", false);
  });

  // A login page in the place of an answer: somebody signed out, or the session ended.
  table.addEventListener("htmx:beforeSwap", (event) => {
    if (new URL(event.detail.xhr.responseURL).pathname.startsWith(table.dataset.measure)) return;
    event.detail.shouldSwap = false;
    signedOut(event.target.closest("[data-row]"));
  });
  table.addEventListener("htmx:afterSwap", (event) => {
    const row = event.target.closest("[data-row]");
    const answer = row.querySelector("[data-state]");
    const state = states.get(row);
    state.settled = state.sent;
    tell(row, "", false);
    const wrong = answer.dataset.invalid.split(" ");
    inputs(row).forEach((input) => {
      if (wrong.includes(input.dataset.sign)) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
    const words = answer.textContent.replace(/\s+/g, " ").trim();
    said.textContent = words && `${row.dataset.row}: ${words}`;
    countAgain();
  });

  function failed(event, text) {
    const row = event.target.closest("[data-row]");
    tell(row, text, true);
    said.textContent = `${row.dataset.row}: ${text}`;
    countAgain();
    window.setTimeout(() => states.get(row).waiting && save(row), RETRY_MS);
  }
  table.addEventListener("htmx:sendError", (event) => failed(event, "Not saved: no connection. It is sent again by itself."));
  table.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status >= 500) return failed(event, "Not saved: the server does not answer. It is sent again by itself.");
    const row = event.target.closest("[data-row]");
    if (status === 403) return signedOut(row);
    tell(row, status === 404 ? "Not saved: this student is no longer at one of your schools." : "Not saved. Press “Save the sheet”.", false);
    countAgain();
  });
  window.addEventListener("online", () => rows.filter((row) => states.get(row).waiting).forEach(save));

  // After signing in again, in another window, the page's token is an old one: take the new one over.
  async function signedOut(row) {
    tell(row, "Not saved: you are signed out. Sign in again in another window; it is then sent by itself.", true);
    said.textContent = "You are signed out. Nothing you typed is lost: sign in again in another window.";
    window.setTimeout(async () => {
      if (!states.get(row).waiting) return;
      const answer = await fetch(table.dataset.measure).catch(() => null);
      const page = answer?.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html");
      const headers = page && page.body.getAttribute("hx-headers");
      if (!headers) return signedOut(row);
      document.body.setAttribute("hx-headers", headers);
      form.elements.csrfmiddlewaretoken.value = JSON.parse(headers)["X-CSRFToken"];
      save(row);
    }, RETRY_MS);
  }

  form.addEventListener("submit", () => {
    leaving = true;
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && rows.some((row) => changed(row) || states.get(row).waiting)) event.preventDefault();
  });
  document.addEventListener("DOMContentLoaded", () => {
    rows.filter((row) => changed(row) && !row.contains(document.activeElement)).forEach(save);
  });
  document.querySelectorAll("[data-with-script]").forEach((hint) => {
    hint.hidden = false;
  });
})();
