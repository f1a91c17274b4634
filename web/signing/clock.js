//! The time of the register, which a command names: a computer's own clock may be wrong by minutes or months, and whoever signs
//! would learn it only when everybody has signed.

/// How far the register is ahead of this computer, in milliseconds.
let ahead = 0;

/// Takes the time that the register wrote into the page, at the moment when the page is begun.
export function setClock(root) {
  const written = Date.parse(root.getAttribute("data-now") ?? "");
  if (!Number.isNaN(written)) ahead = written - Date.now();
}

/// The register's time now, as far as this page knows it.
export function registerNow() {
  return Date.now() + ahead;
}
