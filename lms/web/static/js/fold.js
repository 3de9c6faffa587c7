// On a narrow screen the side parts come after the main act, folded, with their count.
if (window.matchMedia("(max-width: 899px)").matches) {
  for (const part of document.querySelectorAll("details[data-fold]")) {
    part.open = false;
  }
}
