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
