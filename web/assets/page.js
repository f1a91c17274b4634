//! What every page does more where scripts run: an id is copied with one press, and columns of a wide table can be left out.
//! Nothing here is needed to read or to use a page; nothing is sent anywhere.

const IS_CHINESE = document.documentElement.lang.startsWith("zh");
const WORDS = IS_CHINESE
  ? { copy: "复制", copied: "已复制", columns: "显示的列" }
  : { copy: "Copy", copied: "Copied", columns: "Columns shown" };

/// Ids that people take elsewhere; within links and tables they are selected whole instead.
const IDS = ".record .id, .facts dd.id, .facts dd .id";
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

function addCopy(shown) {
  const text = shown.textContent.trim();
  if (shown.closest("a, button, label, table, pre") || shown.querySelector("a") || text === "") return;
  const press = document.createElement("button");
  press.type = "button";
  press.className = "copy";
  press.textContent = WORDS.copy;
  press.setAttribute("aria-label", `${WORDS.copy}: ${text}`);
  press.addEventListener("click", async () => {
    if (!await copied(text)) return;
    press.textContent = WORDS.copied;
    setTimeout(() => { press.textContent = WORDS.copy; }, SAID_MS);
  });
  if (shown.tagName === "DD") shown.append(" ", press);
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

for (const shown of document.querySelectorAll(IDS)) addCopy(shown);
for (const table of document.querySelectorAll("table.sticky:not([data-chosen])")) addColumns(table);

// The further pages of the menu are closed by whatever is done elsewhere.
const more = document.querySelector("header .more");
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && more) more.open = false; });
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => { if (more && !more.contains(event.target)) more.open = false; });
}
