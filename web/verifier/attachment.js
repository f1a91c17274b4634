//! Takes the certificate out of the PDF that carries it (FORMATS 7.10): one attached file, uncompressed, so its bytes stand in
//! the PDF as they are.
//!
//! This is no reader of PDF. What another program has written anew is refused.

import { fail, must } from "./fault.js";
import { utf8 } from "./bytes.js";

const PLACE = "PDF";
const DICTIONARY_BYTES_MAX = 1_024;
const EMBEDDED = utf8("/Type/EmbeddedFile");
const OBJECT = utf8(" obj");
const STREAM = utf8(">>\nstream\n");

export function isPdf(bytes) {
  return startsAt(bytes, 0, utf8("%PDF-"));
}

/// The bytes of the one attached file.
export function attachment(pdf) {
  const found = nextFile(pdf, 0);
  must(found, PLACE, "it has no attached certificate that can be read: use the PDF as the registry made it");
  // Words inside of the attached file are text, so the search goes on behind it.
  must(!nextFile(pdf, found.end), PLACE, "it has more than one attached file: use the PDF as the registry made it");
  return pdf.slice(found.begin, found.end);
}

function startsAt(bytes, at, word) {
  return at + word.length <= bytes.length && word.every((byte, place) => bytes[at + place] === byte);
}

function find(bytes, word, from, to) {
  for (let at = bytes.indexOf(word[0], from); at >= 0 && at + word.length <= to; at = bytes.indexOf(word[0], at + 1)) {
    if (startsAt(bytes, at, word)) return at;
  }
  return -1;
}

function nextFile(pdf, from) {
  const word = find(pdf, EMBEDDED, from, pdf.length);
  if (word < 0) return undefined;
  let begin = word;
  const first = Math.max(0, word - DICTIONARY_BYTES_MAX);
  while (begin >= first && !startsAt(pdf, begin, OBJECT)) begin -= 1;
  const stream = find(pdf, STREAM, word, Math.min(word + DICTIONARY_BYTES_MAX, pdf.length));
  const dictionary = begin < first || stream < 0 ? "" : String.fromCharCode(...pdf.subarray(begin, stream));
  const length = /\/Length ([0-9]{1,10})/.exec(dictionary);
  if (!length || dictionary.includes("/Filter")) odd();
  const start = stream + STREAM.length;
  const end = start + Number(length[1]);
  if (end > pdf.length) odd();
  return { begin: start, end };
}

function odd() {
  fail(PLACE, "it has an attached file of another form: use the PDF as the registry made it");
}
