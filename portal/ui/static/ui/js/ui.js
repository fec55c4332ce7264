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
