//! What paper loses of a page: it does not scroll, so what is wider than a page of A4 would be cut without a word.

/// A page of A4 less its margins of 18 mm, in pixels.
const WIDE = 657;
/// What is wider than the paper, or than the part of it that it stands in.
const LOST = "[...document.querySelectorAll('.scroll, .picture, pre')].filter((one) => one.checkVisibility() && (one.scrollWidth > one.clientWidth + 1"
  + " || one.getBoundingClientRect().right > innerWidth + 1)).map((one) => one.getAttribute('aria-label') ?? one.tagName)";

/// The names of what is cut at the right edge where the page is printed.
export async function lostOnPaper(page) {
  await page.size(WIDE, 900);
  await page.send("Emulation.setEmulatedMedia", { media: "print" });
  const lost = await page.value(LOST);
  await page.send("Emulation.setEmulatedMedia", { media: "" });
  await page.size(1280, 900);
  return lost;
}
