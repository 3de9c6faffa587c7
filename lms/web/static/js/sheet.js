// Says at once how much of a sheet is filled in, and where the first gap is; what it
// says comes from the server, one text for each number of open criteria.
const form = document.getElementById("sheet");
const pickers = [...form.querySelectorAll("fieldset.picker")];
const here = form.querySelector("[data-here]");

function tell() {
  const open = pickers.filter((picker) => !picker.querySelector("input:checked"));
  for (const place of document.querySelectorAll("[data-by-open]")) {
    place.textContent = JSON.parse(place.dataset.byOpen)[open.length];
  }
  document.querySelector("[data-when-whole]").classList.toggle("button--filled", !open.length);
  pickers.forEach((picker) => picker.classList.toggle("picker--here", picker === open[0]));
  if (open.length && here) open[0].querySelector(".picker__head").append(here);
  else here?.remove();
}

form.addEventListener("change", tell);
tell(); // a browser that came back fills in by itself
