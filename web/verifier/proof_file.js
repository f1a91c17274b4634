//! Proof files (FORMATS 4.7): that one entry, which travels beside the file, is in a log that the reader trusts.

import { hex, textOf, unbase64, utf8 } from "./bytes.js";
import { readEntry } from "./entries.js";
import { Fault, must, Unknown } from "./fault.js";
import { leaf, verifyInclusion } from "./merkle.js";
import { openCheckpoint, openNote, readCheckpoint, readNote } from "./note.js";
import { checked } from "./steps.js";
import { meets } from "./trust.js";

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const BYTES_MAX = 622_592;
const EXTRA_BYTES_MAX = 65_535;
const HASHES_MAX = 64;

export function isProofFile(bytes) {
  return utf8(FIRST_LINE).every((byte, at) => bytes[at] === byte);
}

function readProofFile(bytes) {
  const place = "proof file";
  must(bytes.length <= BYTES_MAX, place, "longer than 622,592 bytes");
  const text = textOf(bytes);
  must(text !== null, place, "this is not UTF-8");
  const end = text.indexOf("\n\n");
  must(end >= 0, place, "no empty line stands before the checkpoint");
  const [first, ...rest] = text.slice(0, end).split("\n");
  must(first === FIRST_LINE, place, `the first line is not ${FIRST_LINE}`);
  if (rest[0]?.startsWith("extra ")) {
    const extra = unbase64(rest.shift().slice(6));
    must(extra !== null && extra.length >= 1 && extra.length <= EXTRA_BYTES_MAX, place, "the extra line is malformed");
  }
  const number = /^index (0|[1-9][0-9]{0,19})$/.exec(rest.shift() ?? "");
  must(number && BigInt(number[1]) < 1n << 64n, place, "the line of the index is malformed");
  must(rest.length <= HASHES_MAX, place, "there are too many hashes");
  const proof = rest.map(unbase64);
  must(proof.every((hash) => hash !== null && hash.length === 32), place, "a hash has 32 bytes in base64");
  const checkpoint = text.slice(end + 2);
  readCheckpoint(readNote(checkpoint, place).text, place);
  return { index: Number(number[1]), proof, checkpoint };
}

/// Verifies a proof file and the bytes of its entry, one check after another.
export function* verifyProofFile(bytes, entry, { policy }) {
  const run = {};
  return yield* checked(run, [
    ["format", () => { run.file = readProofFile(bytes); }],
    ["checkpoint", () => {
      run.checkpoint = openCheckpoint(run.file.checkpoint, policy.logs, "checkpoint");
      run.cosigned = openNote(run.checkpoint.note, [...policy.witnesses.values()], "checkpoint");
      const signed = new Set(run.cosigned.map(({ key }) => hex(key.key)));
      must(meets(policy, policy.quorum, signed), "checkpoint", "the quorum of the trust policy is not met");
    }],
    ["witnesses", () => { if (run.cosigned.length === 0) throw new Unknown("no witnesses"); }],
    ["inclusion", () => {
      const { size, root } = run.checkpoint;
      verifyInclusion(leaf(entry), run.file.index, size, run.file.proof, root, "inclusion");
    }],
    ["entry", () => meaning(run, entry)],
    // What says nothing about the file says why by its own name; of an unknown entry there is nothing more to say.
    ["signatures", () => { throw new Unknown("signatures of a proof file"); }, () => run.entry],
    ["present", () => { throw new Unknown("present state of a proof file"); }, () => run.entry],
  ], () => "recorded");
}

/// Reads the entry. Bytes that are none are in the log all the same.
function meaning(run, bytes) {
  const text = textOf(bytes);
  let found;
  try {
    found = text === null ? null : JSON.parse(text)?.index;
    run.entry = readEntry(text ?? "", found, "entry").entry;
  } catch (fault) {
    if (!(fault instanceof Fault || fault instanceof SyntaxError)) throw fault;
    throw new Unknown("unknown entry");
  }
  must(found === run.file.index, "entry", `it says that it is entry ${found}`);
}
