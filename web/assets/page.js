//! What every page does more where scripts run: an id is copied with one press, and columns of a wide table can be left out.
//! Nothing here is needed to read or to use a page; nothing is sent anywhere.

const IS_CHINESE = document.documentElement.lang.startsWith("zh");
const WORDS = IS_CHINESE
  ? { copy: "复制", copied: "已复制", columns: "显示的列" }
  : { copy: "Copy", copied: "Copied", columns: "Columns shown" };

/// Ids that people take elsewhere, and what shows only the beginning of a text; within links ids are selected whole instead.
const IDS = ".record .id, .facts dd.id, .facts dd .id:not([data-full]), [data-full], td";
const CELL_CHARS_MIN = 15;
const SAID_MS = 1_500;
const COLUMNS_MIN = 4;

/// Puts a text on the clipboard; where the browser has none for this page, by way of a field.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    return isDone;
  }
}

/// What has a full value behind a short text, or was made by another script, says itself what is copied.
document.addEventListener("click", async (event) => {
  const press = event.target.closest?.("button[data-copy]");
  if (press && await copied(press.dataset.copy)) say(press);
});

function say(press) {
  press.textContent = WORDS.copied;
  setTimeout(() => { press.textContent = WORDS.copy; }, SAID_MS);
}

/// The id that a cell of a table is, with what stands beside it, such as the pollutant of a permit; nothing where it has links, is
/// short enough to be typed, or is a word of the register such as a kind.
function ofCell(cell) {
  const text = cell.textContent.trim().replaceAll(/\s+/g, " ");
  const isId = cell.classList.contains("id") || cell.querySelector(":scope > .id") !== null;
  const isAlone = cell.querySelector("a, button, input, p, ul, ol, [data-full], [data-word]") === null;
  return isId && isAlone && text.length >= CELL_CHARS_MIN && !text.endsWith("…") ? text : "";
}

/// The button that copies a text, behind what shows it.
function addCopy(shown) {
  const text = shown.dataset.full ?? (shown.tagName === "TD" ? ofCell(shown) : shown.textContent.trim());
  const isInTable = shown.tagName !== "TD" && !shown.dataset.full && shown.closest("table");
  // A title is read and no place for a button; what it names stands below it, where it is copied.
  if (isInTable || shown.closest("a, button, label, pre, h1 *") || shown.querySelector("a") || text === "") return;
  const press = document.createElement("button");
  press.type = "button";
  press.className = "copy";
  press.textContent = WORDS.copy;
  press.setAttribute("aria-label", `${WORDS.copy}: ${text}`);
  press.dataset.copy = text;
  if (["DD", "TD"].includes(shown.tagName)) shown.append(" ", press);
  else shown.after(" ", press);
}

/// The columns that a reader has left out of tables with these heads, kept in this browser.
function keyOf(heads) {
  return `greenlien-columns|${heads.map((head) => head.textContent.trim()).join("|")}`;
}

function readOut(key) {
  try {
    return new Set(JSON.parse(localStorage.getItem(key) ?? "[]"));
  } catch {
    return new Set();
  }
}

function keepOut(key, out) {
  try {
    localStorage.setItem(key, JSON.stringify([...out]));
  } catch {
    // A browser that keeps nothing shows all columns again next time.
  }
}

function show(table, at, isShown) {
  for (const row of table.rows) if (row.cells[at]) row.cells[at].hidden = !isShown;
}

/// A list of the columns before a table, the first of which always stays.
function addColumns(table) {
  const heads = [...table.tHead?.rows[0]?.cells ?? []];
  if (heads.length < COLUMNS_MIN || table.querySelector("[colspan]")) return;
  const key = keyOf(heads);
  const out = readOut(key);
  const list = document.createElement("details");
  list.className = "columns";
  const title = document.createElement("summary");
  title.textContent = WORDS.columns;
  list.append(title);
  heads.slice(1).forEach((head, before) => {
    const at = before + 1;
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !out.has(at);
    show(table, at, box.checked);
    box.addEventListener("change", () => {
      if (box.checked) out.delete(at);
      else out.add(at);
      show(table, at, box.checked);
      keepOut(key, out);
    });
    label.append(box, head.textContent.trim());
    list.append(label);
  });
  (table.closest(".scroll") ?? table).before(list);
}

// Who scanned the code on a certificate has in the address what is on its paper, and the page that verifies compares all of it.
const verify = document.getElementById("verify-this");
if (verify && location.hash !== "") verify.hash = `code=${encodeURIComponent(location.origin + location.pathname + location.hash)}`;

for (const shown of document.querySelectorAll(IDS)) addCopy(shown);
for (const table of document.querySelectorAll("table.sticky:not([data-chosen])")) addColumns(table);

/// What was typed and stands in no address stays when the language is switched. It lies in this tab until it is put back.
const TYPED = `greenlien-typed|${location.pathname}`;
const PUT_BACK_MS = 10_000;

function typedFields() {
  const fields = document.querySelectorAll("main input[id], main select[id], main textarea[id]");
  return [...fields].filter(({ type, readOnly }) => !readOnly && !["password", "file", "hidden"].includes(type));
}

function isChanged(field) {
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

function putBack(typed) {
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (!field) continue;
    typed.delete(id);
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}

function takeTyped() {
  try {
    const typed = new Map(JSON.parse(sessionStorage.getItem(TYPED) ?? "[]"));
    sessionStorage.removeItem(TYPED);
    return typed;
  } catch {
    return new Map();
  }
}

const typed = takeTyped();
putBack(typed);
if (typed.size > 0) {
  // Fields that another script makes come later.
  const watch = new MutationObserver(() => putBack(typed));
  watch.observe(document.getElementById("main"), { childList: true, subtree: true });
  setTimeout(() => watch.disconnect(), PUT_BACK_MS);
}
document.querySelector("a.lang")?.addEventListener("click", () => {
  const changed = typedFields().filter(isChanged).map((field) => [field.id, field.type === "checkbox" ? field.checked : field.value]);
  try {
    if (changed.length > 0) sessionStorage.setItem(TYPED, JSON.stringify(changed));
  } catch {
    // A browser that keeps nothing asks again.
  }
});

// The further pages of the menu are closed by whatever is done elsewhere.
const more = document.querySelector("header .more");
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && more) more.open = false; });
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => { if (more && !more.contains(event.target)) more.open = false; });
}
