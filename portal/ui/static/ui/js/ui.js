// Small comforts on top of pages that work without any of this.

// A notice belongs to one visit: without its word in the address, a reload or a copied link says nothing.
const notice = document.querySelector("[data-notice]");
if (notice) {
  const address = new URL(window.location.href);
  address.searchParams.delete("notice");
  window.history.replaceState(window.history.state, "", address);
  notice.querySelector("a")?.addEventListener("click", (event) => {
    event.preventDefault();
    notice.remove();
  });
}

// An open menu closes on Escape, on a click elsewhere, and when another opens.
const menus = document.querySelectorAll("details[data-menu]");
const closeMenus = (except) => {
  for (const menu of menus) {
    if (menu !== except) menu.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-menu][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// A form is sent once: a second press while the answer is under way does nothing. A form whose answer
// is a file leaves the page as it is and says so with `data-stays`. Should no answer come, the form
// is ready again after a while, and at once on a page that the browser brings back.
const PATIENCE = 20_000;
const sent = new Map();
const ready = (form) => {
  sent.get(form)?.removeAttribute("aria-disabled");
  sent.delete(form);
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented || "stays" in form.dataset) return;
  sent.set(form, event.submitter);
  // Not `disabled`: that would take away the focus, and the button's own value.
  event.submitter?.setAttribute("aria-disabled", "true");
  window.setTimeout(ready, PATIENCE, form);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of [...sent.keys()]) ready(form);
});

// Back from a refused form to the very page that it stood on, with what was typed into it.
document.querySelector("[data-way-back]")?.addEventListener("click", (event) => {
  event.preventDefault();
  window.history.back();
});

// After a refused form, the reader starts at what is wrong; a faulty field has `autofocus` already.
if (!document.querySelector("[autofocus]")) document.querySelector("[data-form-errors]")?.focus();

// Words used before, to be added to a field of comma-separated words by one press.
for (const suggestions of document.querySelectorAll("[data-suggestions-for]")) {
  const field = document.getElementById(suggestions.dataset.suggestionsFor);
  const words = () => field.value.split(",").map((word) => word.trim()).filter(Boolean);
  const refresh = () => {
    const used = new Set(words().map((word) => word.toLowerCase()));
    for (const button of suggestions.querySelectorAll("button")) {
      button.hidden = used.has(button.textContent.toLowerCase());
    }
  };
  suggestions.addEventListener("click", (event) => {
    if (event.target.tagName !== "BUTTON") return;
    field.value = [...words(), event.target.textContent].join(", ");
    refresh();
    field.focus();
  });
  field.addEventListener("input", refresh);
  refresh();
  suggestions.hidden = false;
}

// Where the tabs don't fit, the current one is in sight.
document.querySelector(".tabs__link[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// Copying by one press: only where the browser lets a page do it.
for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) break;
  const field = document.getElementById(button.dataset.copies);
  const label = button.querySelector("[data-done]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    label.textContent = label.dataset.done;
  });
}

// Work that goes on by itself: the parts that tell of it are looked up again and replaced in place.
// Once it is over, or leads elsewhere, the whole page is loaded once more.
const again = document.querySelector("meta[name=looks-again]");
const lookAgain = async () => {
  let page;
  try {
    const answer = await fetch(window.location.href, { cache: "no-store" });
    if (answer.redirected) return window.location.reload();
    if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    // Offline for a moment: the next look may find it.
  }
  if (page && !page.querySelector("meta[name=looks-again]")) return window.location.reload();
  for (const part of page?.querySelectorAll("[data-live]") ?? []) {
    const shown = document.getElementById(part.id);
    if (shown && shown.innerHTML !== part.innerHTML) shown.replaceChildren(...part.childNodes);
  }
  window.setTimeout(lookAgain, Number(again.content) * 1000);
};
if (again) window.setTimeout(lookAgain, Number(again.content) * 1000);
