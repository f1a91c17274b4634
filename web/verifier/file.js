//! Evidence files (FORMATS 7.1): their members and types. Nothing is believed yet.

import { textOf } from "./bytes.js";
import { read } from "./canonical.js";
import { must } from "./fault.js";
import { integer, list, object, optional, string } from "./forms.js";
import { recordName } from "./records.js";
import { hash } from "./values.js";

const BYTES_MAX = 268_435_456;
const ITEMS_MAX = 20_000;

export const proof = list(hash, 0, 256);

export const item = object({ index: integer(0), entry: string, proof });

const named = { space: string, name: string };

function nameForm(value, place) {
  recordName(value.space, value.name, place);
}

export const record = object({
  ...named, value: optional(string),
  proof: object({ leaf: optional(object({ key: hash, value: hash })), siblings: proof }),
  history: optional(list(integer(0), 0, ITEMS_MAX)),
}, nameForm);

const evidence = object({
  format: (value, place) => must(value === "greenlien-evidence/v2", place, `the format ${JSON.stringify(value)} is unknown`),
  subject: object(named, nameForm), checkpoint: string, state_entry: item,
  records: list(record, 0, ITEMS_MAX), entries: list(item, 0, ITEMS_MAX),
  consistency: optional(object({ proof, size: integer(0) })),
  verification: optional(object({ answer: string, question: string })),
});

/// Reads the bytes of an evidence file.
export function readEvidence(bytes) {
  must(bytes.length <= BYTES_MAX, "file", "longer than 268,435,456 bytes");
  const text = textOf(bytes);
  must(text !== null, "file", "this is not UTF-8");
  must(text.endsWith("\n"), "file", "the file does not end with a line feed");
  const file = read(text.slice(0, -1), "file");
  evidence(file, "file");
  return file;
}

