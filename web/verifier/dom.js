//! Elements of the page, made without any markup in text: what a file says is shown, never interpreted.

/// Elements whose text is no flowing text, or in which no other element may stand.
const WITHOUT = new Set(["pre", "textarea", "title", "option"]);
/// Days and numbers with hyphens, behind which a browser would break the line.
const KEPT = /(?<![A-Za-z0-9-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*-[0-9][A-Za-z0-9-]*/g;
const KEPT_CHARS_MAX = 32;

/// A text with its days and numbers in spans that do not wrap.
function unbroken(text) {
  const parts = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(KEPT)) {
    if (word.length > KEPT_CHARS_MAX) continue;
    const kept = document.createElement("span");
    kept.setAttribute("class", "nb");
    kept.append(word);
    parts.push(text.slice(end, index), kept);
    end = index + word.length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== "");
}

/// Makes an element; a child is a node, a text, or nothing.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else made.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child === undefined || child === null || child === "") continue;
    if (typeof child === "string" && !WITHOUT.has(tag)) made.append(...unbroken(child));
    else made.append(child);
  }
  return made;
}

/// A table that can be scrolled by keyboard where it is wider than the page; every cell has the name of its column, so that the
/// style of phones can show a row as a list.
export function table(name, heads, rows) {
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name }, element("table", { "data-stacks": true },
    element("thead", {}, element("tr", {}, heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, rows.map((row) => element("tr", {}, row.map((cell, at) => element("td", { "data-label": heads[at] }, cell)))))));
}

/// Rows of a term and what it is.
export function factList(rows) {
  return element("dl", { class: "facts" }, rows.filter(([, value]) => value !== undefined && value !== "").map(([term, value]) =>
    element("div", {}, element("dt", {}, term), element("dd", {}, value))));
}

/// Digits behind the point that are always written, where the kind counts as finely.
const PLACES = 3;

/// A number as the pages and the certificates write it: the digits before the point in groups of three; behind it as many as are
/// counted, of more than three those that are not zero.
export function numberText(number, scale) {
  const [whole, fraction = ""] = number.split(".");
  const places = Math.max(Math.min(scale, PLACES), fraction.length);
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return places === 0 ? digits : `${digits}.${fraction.padEnd(places, "0")}`;
}

/// Hexadecimal digits in groups of four.
export function grouped(hex) {
  return hex.match(/.{1,4}/g).join(" ");
}
