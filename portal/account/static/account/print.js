// Printing takes a script, so its button shows up only with one.
const place = document.querySelector("[data-print]");
if (place) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => window.print());
}
