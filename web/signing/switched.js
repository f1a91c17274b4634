//! What stays when the language of a page is switched: the command that is being made or signed, and the table that was judged, which
//! stays for who comes back to its page, too.
//!
//! It lies in this browser alone, until the switched page has taken it back; nothing of it gets into an address. What was typed
//! into fields is kept by the script that every page has.

const SIGNING = "greenlien-signing";
const UPLOAD = "greenlien-upload";
/// What the server gave a page that its address does not say.
const GIVEN = ["data-command", "data-drafts", "data-verification"];

/// Does something with the store of the tab; a browser that keeps nothing loses only what was typed.
function kept(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

function take(name) {
  return kept((store) => {
    const text = store.getItem(name);
    store.removeItem(name);
    return text === null ? null : JSON.parse(text);
  });
}

function onSwitch(act) {
  document.querySelector("a.lang")?.addEventListener("click", act);
}

/// Keeps what a page that signs was given and what it shows, whenever the language is switched; `shown` is `{text, isSigned}`.
export function keepSigning(root, shown) {
  onSwitch(() => kept((store) => {
    const given = GIVEN.map((name) => [name, root.getAttribute(name)]).filter(([, value]) => value !== null);
    store.setItem(SIGNING, JSON.stringify({ given, shown: shown() }));
  }));
}

/// The member for whom this page was made, or null where nobody is signed in.
export function ownOrg() {
  return document.querySelector("[data-org]")?.getAttribute("data-org") || null;
}

/// Gives a page back what it was given before the switch; returns what it showed, or null.
export function takeSigning(root) {
  const { given = [], shown = null } = take(SIGNING) ?? {};
  for (const [name, value] of given) if (!root.hasAttribute(name)) root.setAttribute(name, value);
  return shown;
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

async function files(mode) {
  const opening = indexedDB.open(UPLOAD, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(UPLOAD));
  const base = await settled(opening);
  return base.transaction(UPLOAD, mode).objectStore(UPLOAD);
}

/// Does something with the files that were chosen; a browser that keeps none asks for them again.
async function withFiles(mode, act) {
  try {
    return await settled(act(await files(mode)));
  } catch {
    return undefined;
  }
}

function inputsOf(form) {
  return [...form.querySelectorAll("input[type=file]")];
}

/// Keeps the files that are being sent, for a switch of the page that judges them.
export async function keepFiles(form) {
  const chosen = Object.fromEntries(inputsOf(form).map(({ name, files: [file] }) => [name, file]).filter(([, file]) => file));
  if (Object.keys(chosen).length > 0) await withFiles("readwrite", (store) => store.put({ chosen, kind: form.elements.kind.value, org: ownOrg() }, UPLOAD));
}

function dropFiles() {
  return withFiles("readwrite", (store) => store.delete(UPLOAD));
}

async function giveBack(form) {
  const { chosen = {}, kind, org } = await withFiles("readonly", (store) => store.get(UPLOAD)) ?? {};
  // The table of another member that was signed in here is not judged for this one.
  if (org !== ownOrg()) return false;
  for (const input of inputsOf(form).filter(({ name }) => chosen[name])) {
    const carrier = new DataTransfer();
    carrier.items.add(chosen[input.name]);
    input.files = carrier.files;
  }
  if (kind !== undefined) form.elements.kind.value = kind;
  return Object.keys(chosen).length > 0;
}

/// Lets a switch of the language, and whoever comes back to this page, judge the same table again, or keep the files that are only
/// chosen. Says whether the table is to be judged.
export async function keepUpload(form, isJudged) {
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (take(UPLOAD)) await giveBack(form);
  else if (!isJudged && isBack && history.state?.judged && await giveBack(form)) {
    // Whoever goes back further finds the form.
    history.replaceState(null, "");
    return true;
  } else if (!isJudged) await dropFiles();
  // What was sent to make this page is not sent again by a browser that comes back to it; the file is.
  if (isJudged) history.replaceState({ judged: true }, "");
  onSwitch(async (event) => {
    const link = event.currentTarget;
    event.preventDefault();
    await keepFiles(form);
    if (isJudged && await giveBack(form)) {
      form.action = link.getAttribute("href");
      form.requestSubmit(form.querySelector("button:not([name])"));
      return;
    }
    kept((store) => store.setItem(UPLOAD, "true"));
    location.assign(link.href);
  });
  return false;
}
