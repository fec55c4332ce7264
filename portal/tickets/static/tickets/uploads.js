// Files go straight into the store as soon as they are chosen, and the form then sends what they are
// called there. Whatever goes wrong on that way leaves a file in its field, and it goes with the form.

const PATIENCE = 900_000;
const area = document.querySelector("[data-uploads]");
const field = area.querySelector("input[type=file]");
const form = field.form;
const spoken = area.querySelector("[role=status]");
const under = new Set();
let count = 0;
let waiting = null;

const group = () => {
  const known = document.getElementById("id_attachments");
  if (known) return known;
  const own = area.querySelector("[data-upload-group]");
  own.hidden = false;
  return own.querySelector(".choices");
};

const announce = async (file) => {
  const body = new URLSearchParams({ filename: file.name, size: file.size, key: `${form.elements.idempotency_key.value}-${count++}` });
  const answer = await fetch(area.dataset.uploads, { method: "POST", body });
  return answer.status === 422 || answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText));
};

const put = (upload, file, progress) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(upload.method, upload.url);
    for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value);
    request.timeout = PATIENCE;
    request.upload.addEventListener("progress", (event) => progress(event.loaded / file.size));
    request.addEventListener("loadend", () => (request.status >= 200 && request.status < 300 ? resolve() : reject(new Error(request.statusText))));
    request.send(file);
  });

// What browsers let nobody but themselves fill can still be given what they gave before.
const leaveInField = (file) => {
  const files = new DataTransfer();
  for (const each of [...field.files, file]) files.items.add(each);
  field.files = files.files;
};

const send = async (file) => {
  const row = area.querySelector("template").content.firstElementChild.cloneNode(true);
  const [name, state] = row.querySelectorAll(".choices__words > span");
  const box = row.querySelector("input");
  name.textContent = file.name;
  group().append(row);
  try {
    const told = await announce(file);
    if (told.error) {
      row.remove();
      const refusal = area.querySelector("[data-upload-refusal]").cloneNode(true);
      refusal.querySelector("span").textContent = told.error;
      refusal.hidden = false;
      field.after(refusal);
      spoken.textContent = told.error;
      return;
    }
    await put(told.upload, file, (share) => {
      state.textContent = `${Math.floor(share * 100)} %`;
    });
    [name.textContent, state.textContent] = [told.name, told.size];
    box.name = "attachments";
    box.value = told.value;
    box.disabled = false;
    spoken.textContent = `${told.name}: ${area.dataset.done}`;
  } catch {
    row.remove();
    leaveInField(file);
  }
};

field.addEventListener("change", () => {
  const chosen = [...field.files];
  field.value = "";
  for (const file of chosen) {
    const sending = send(file).finally(() => {
      under.delete(sending);
      if (!under.size && waiting) form.requestSubmit(waiting);
    });
    under.add(sending);
  }
});

// Who sends while a file is on its way needn't press twice.
form.addEventListener("submit", (event) => {
  if (!under.size) return;
  event.preventDefault();
  waiting = event.submitter;
  spoken.textContent = area.dataset.waits;
  area.querySelector("[data-upload-waits]").hidden = false;
});
