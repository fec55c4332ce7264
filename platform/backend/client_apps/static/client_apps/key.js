// The page is the reply to a POST: loading it again must show the app, not make another key.
history.replaceState(null, "", document.getElementById("issued-key").dataset.page);

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.done;
  });
}
