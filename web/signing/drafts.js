//! The drafts that this browser keeps until they are decided, end, or are thrown away: one by one, or together as they were
//! signed, such as those of an import. The register keeps only what is put into its inbox. A draft holds the hidden values that
//! its signers must see, so they lie in this browser too.

import { draftText, parseDraft } from "./draft.js";
import { ownOrg } from "./switched.js";

const STORE = "drafts";

/// Drafts that are kept; the oldest make room.
const DRAFTS_MAX = 2_000;

function settled(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

/// What is put is kept only once all of it is written.
function committed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", resolve);
    for (const end of ["abort", "error"]) transaction.addEventListener(end, () => reject(transaction.error));
  });
}

async function store(mode) {
  const opening = indexedDB.open("greenlien-drafts", 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(STORE, { keyPath: "cmd" }));
  const base = await settled(opening);
  return base.transaction(STORE, mode).objectStore(STORE);
}

/// Does something with the store; a browser that keeps nothing, such as in a private window, gives what is said instead.
async function where(mode, act, otherwise) {
  try {
    return await act(await store(mode));
  } catch {
    return otherwise;
  }
}

/// Keeps drafts, in the place of earlier states of them, as `{draft, line}` each; `batch` names what was signed together. Says
/// whether this browser keeps them.
export function keepDrafts(items, now, batch = undefined) {
  return where("readwrite", async (drafts) => {
    const org = ownOrg();
    for (const { draft, line } of items) drafts.put({ cmd: draft.payload.cmd, text: draftText(draft), at: now, batch, line, org });
    await committed(drafts.transaction);
    return true;
  }, false);
}

export function dropDraft(cmd) {
  return where("readwrite", (drafts) => settled(drafts.delete(cmd)));
}

/// The drafts for this register that have not ended, those of the member of this page and those that were made by nobody who was signed in, as `{draft, line, batch}`, newest first and those of a batch as they were; the
/// others are thrown away.
export async function keptDrafts(aud, now) {
  const rows = await where("readonly", (drafts) => settled(drafts.getAll()), []);
  rows.sort((left, right) => right.at - left.at || Number(left.line) - Number(right.line));
  const kept = [];
  for (const { cmd, text, line, batch, org } of rows) {
    // On a computer that two members share, each sees its own.
    if (org && org !== ownOrg()) continue;
    let draft = null;
    try {
      draft = parseDraft(new TextEncoder().encode(text));
    } catch {
      draft = null;
    }
    if (draft && draft.payload.aud !== aud) continue;
    if (draft && Date.parse(draft.payload.exp) > now && kept.length < DRAFTS_MAX) kept.push({ draft, line, batch });
    else await dropDraft(cmd);
  }
  return kept;
}
