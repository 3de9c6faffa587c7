// Shows on the clock what the chosen reply would take. The clock itself moves on the server.
const clock = document.querySelector("[data-clock]");

function preview(minutes) {
  const used = Number(clock.dataset.used);
  const total = Number(clock.dataset.total);
  const note = clock.querySelector("[data-clock-note]");
  const unit = Number(clock.dataset.unit);
  clock.querySelectorAll(".clock__cell").forEach((cell, place) => {
    const minute = place * unit;
    const isCost = minute >= used && minute < used + minutes;
    cell.classList.toggle("clock__cell--cost", isCost);
  });
  const words = used + minutes > total ? note.dataset.late : note.dataset.text;
  note.textContent = words.replace("{cost}", minutes).replace("{end}", used + minutes);
}

if (clock) {
  for (const radio of document.querySelectorAll("input[data-minutes]")) {
    const show = () => radio.checked && preview(Number(radio.dataset.minutes));
    radio.addEventListener("change", show);
    show();
  }
}
