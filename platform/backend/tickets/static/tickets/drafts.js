// Keeps what is typed into a ticket until it is sent, also over a sign-in that has run out. For this
// tab alone, and only as long as it is open.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `draft ${location.pathname.split("/").at(-3)} ${form.dataset.draft}`;
  const box = form.querySelector("textarea");
  const address = new URL(location.href);
  if (address.searchParams.get("done") === form.dataset.draft) {
    sessionStorage.removeItem(key);
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
  }
  // What the server sends along is newer.
  if (!box.value) {
    box.value = sessionStorage.getItem(key) ?? "";
  }
  box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
}
