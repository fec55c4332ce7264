// The page is the reply to a form. Loading it again then shows the app, instead of asking whether to send the form again.
const place = document.querySelector("[data-address-afterwards]");
window.history.replaceState(window.history.state, "", place.dataset.addressAfterwards);
