//! A chromium that is driven over the DevTools protocol on a pipe: no package, no port, no WebSocket.
//!
//! Only what the tests need: pages, evaluation, key presses, files for inputs, the network off, and everything that a page
//! complains about.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ANSWER_SECONDS_MAX = 120;
/// Stops of the tab key on one page.
const STOPS_MAX = 200;
/// What the browser answers for a document that was left while a question was under way.
const LEFT = ["Inspected target navigated or closed", "Execution context was destroyed", "Cannot find context with specified id"];

export class Browser {
  /// `more` are further words of the command line.
  constructor(program, more = []) {
    this.folder = mkdtempSync(join(tmpdir(), "greenlien-browser-"));
    const words = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe", "--hide-scrollbars",
      "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--lang=zh-CN", `--user-data-dir=${this.folder}`, ...more, "about:blank",
    ];
    this.child = spawn(program, words, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], env: { ...process.env, TZ: "Asia/Shanghai" } });
    this.gone = new Promise((resolve) => this.child.on("exit", resolve));
    this.number = 0;
    this.waiting = new Map();
    this.listeners = new Map();
    this.rest = Buffer.alloc(0);
    this.child.stdio[4].on("data", (bytes) => this.read(bytes));
  }

  read(bytes) {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (let end = this.rest.indexOf(0); end >= 0; end = this.rest.indexOf(0)) {
      const message = JSON.parse(this.rest.subarray(0, end).toString("utf8"));
      this.rest = this.rest.subarray(end + 1);
      if (message.id === undefined) this.listeners.get(message.sessionId)?.(message.method, message.params);
      else this.waiting.get(message.id)?.(message);
    }
  }

  send(method, params = {}, sessionId = undefined) {
    this.number += 1;
    const id = this.number;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${method}: no answer`)), ANSWER_SECONDS_MAX * 1_000);
      this.waiting.set(id, (message) => {
        clearTimeout(late);
        this.waiting.delete(id);
        if (message.error) reject(new Error(`${method}: ${message.error.message}`));
        else resolve(message.result);
      });
      this.child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  async page() {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    await page.begin();
    return page;
  }

  async close() {
    await this.send("Browser.close").catch(() => this.child.kill());
    await this.gone;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Page {
  constructor(browser, session, target) {
    this.browser = browser;
    this.session = session;
    this.target = target;
    this.complaints = [];
    this.requests = [];
    this.loaded = new Set();
    browser.listeners.set(session, (method, params) => this.hear(method, params));
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  async begin() {
    for (const part of ["Page", "Runtime", "Log", "Network", "DOM", "Audits"]) await this.send(`${part}.enable`);
    await this.send("Page.setLifecycleEventsEnabled", { enabled: true });
    await this.size(1280, 900);
  }

  hear(method, params) {
    switch (method) {
      case "Page.lifecycleEvent":
        if (params.name === "load") {
          this.loaded.add(params.loaderId);
          this.loading?.();
        }
        break;
      case "Network.requestWillBeSent":
        this.requests.push(params.request.url);
        break;
      case "Page.fileChooserOpened":
        this.dialog?.(params.backendNodeId);
        break;
      case "Fetch.requestPaused":
        this.send("Fetch.fulfillRequest", { requestId: params.requestId, ...this.lie });
        break;
      case "Runtime.consoleAPICalled":
        if (["error", "warning", "assert"].includes(params.type)) this.complaints.push(`console: ${JSON.stringify(params.args.map((arg) => arg.value))}`);
        break;
      case "Runtime.exceptionThrown":
        this.complaints.push(`exception: ${params.exceptionDetails.exception?.description ?? params.exceptionDetails.text}`);
        break;
      case "Log.entryAdded":
        this.complaints.push(`${params.entry.source}: ${params.entry.text} ${params.entry.url ?? ""}`);
        break;
      case "Audits.issueAdded":
        if (params.issue.code === "ContentSecurityPolicyIssue") this.complaints.push(`policy: ${JSON.stringify(params.issue.details)}`);
        break;
      default:
    }
  }

  size(width, height, scale = 1) {
    return this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: scale, mobile: false });
  }

  dark(isDark) {
    const features = [{ name: "prefers-color-scheme", value: isDark ? "dark" : "light" }];
    return this.send("Emulation.setEmulatedMedia", { features });
  }

  /// Sets the clock of every page that is opened after this, at the speed of the real one.
  clock(instant) {
    const source = `{ const Real = Date; const ahead = Real.parse(${JSON.stringify(instant)}) - Real.now();
      globalThis.Date = class extends Real {
        constructor(...parts) { if (parts.length === 0) super(Real.now() + ahead); else super(...parts); }
        static now() { return Real.now() + ahead; }
      }; }`;
    return this.send("Page.addScriptToEvaluateOnNewDocument", { source });
  }

  offline() {
    return this.send("Network.emulateNetworkConditions", { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 });
  }

  /// Answers what is asked for under a pattern itself, as a server that lies; without one, the server answers again.
  async lies(pattern, status = 200, text = "") {
    if (pattern === undefined) return this.send("Fetch.disable");
    this.lie = { responseCode: status, responseHeaders: [{ name: "content-type", value: "application/json" }], body: Buffer.from(text).toString("base64") };
    return this.send("Fetch.enable", { patterns: [{ urlPattern: pattern }] });
  }

  /// Opens an address and waits until its own document is loaded: the load event of what was there before, which may come
  /// late, is another loader's.
  async open(url) {
    const { errorText, loaderId } = await this.send("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    // Only the fragment changed: nothing is loaded.
    if (loaderId === undefined) return;
    await this.loads(() => this.loaded.has(loaderId), url);
  }

  /// Does what opens another page, and waits until that is loaded.
  async arrives(act) {
    const before = this.loaded.size;
    await act();
    await this.loads(() => this.loaded.size > before, "another page");
  }

  loads(isLoaded, what) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${what}: not loaded`)), ANSWER_SECONDS_MAX * 1_000);
      this.loading = () => {
        if (!isLoaded()) return;
        clearTimeout(late);
        this.loading = undefined;
        resolve();
      };
      this.loading();
    });
  }

  /// The value of an expression in the page; promises are waited for.
  async value(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /// Asks until the expression is true. A page that is left while it is asked (a form was sent, a script goes on to the next
  /// page) has not answered yet, and its successor is asked.
  async until(expression, what) {
    const end = Date.now() + ANSWER_SECONDS_MAX * 1_000;
    const asked = async () => {
      try {
        return await this.value(expression);
      } catch (error) {
        if (LEFT.some((words) => error.message.includes(words))) return false;
        throw error;
      }
    };
    while (!(await asked())) {
      if (Date.now() > end) throw new Error(`${what}: never came; ${this.complaints.join("; ")}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /// Gives a file to an input, as a person's dialog would.
  async give(selector, file) {
    const { root } = await this.send("DOM.getDocument");
    const { nodeId } = await this.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    if (!nodeId) throw new Error(`${selector}: not there`);
    await this.send("DOM.setFileInputFiles", { nodeId, files: [file] });
  }

  /// Chooses a file by keyboard, for the input that has the focus: its dialog is asked for with the space bar.
  async chooses(file) {
    await this.send("Page.setInterceptFileChooserDialog", { enabled: true });
    const opened = new Promise((resolve, reject) => {
      this.dialog = resolve;
      setTimeout(() => reject(new Error("no dialog of files is opened")), ANSWER_SECONDS_MAX * 1_000).unref();
    });
    await this.press(" ", "Space", " ");
    await this.send("DOM.setFileInputFiles", { backendNodeId: await opened, files: [file] });
  }

  /// Drops a file on an element, as a hand does that drags it there from a folder.
  async drops(selector, file) {
    const { x, y } = await this.value(`(() => {
      const one = document.querySelector(${JSON.stringify(selector)});
      one.scrollIntoView({ block: "center" });
      const box = one.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    })()`);
    const data = { items: [], files: [file], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) await this.send("Input.dispatchDragEvent", { type, x, y, data });
  }

  /// Presses the tab key until something has the focus, as a person without a mouse does; says whether it came to have it.
  async tabsTo(selector) {
    for (let at = 0; at < STOPS_MAX; at += 1) {
      await this.press("Tab");
      if (await this.value(`document.activeElement.matches(${JSON.stringify(selector)})`)) return true;
    }
    return false;
  }

  async press(key, code = key, text = undefined) {
    const number = { Tab: 9, Enter: 13, " ": 32 }[key] ?? 0;
    const event = { key, code, windowsVirtualKeyCode: number, text };
    await this.send("Input.dispatchKeyEvent", { type: text === undefined ? "rawKeyDown" : "keyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  /// A picture of the page, from a line of pixels on and up to a height.
  async picture(height, top = 0) {
    const { cssContentSize } = await this.send("Page.getLayoutMetrics");
    const clip = { x: 0, y: top, width: cssContentSize.width, height: Math.min(height, cssContentSize.height - top), scale: 1 };
    const { data } = await this.send("Page.captureScreenshot", { format: "png", clip, captureBeyondViewport: true });
    return Buffer.from(data, "base64");
  }

  /// The pixels of a PNG, as red, green, blue and alpha bytes; a page can decode it, and node cannot.
  async pixels(png) {
    const { width, height, rgba } = await this.value(`(async () => {
      const bytes = Uint8Array.from(atob(${JSON.stringify(Buffer.from(png).toString("base64"))}), (one) => one.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      let text = "";
      for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
      return { width: image.width, height: image.height, rgba: btoa(text) };
    })()`);
    return { width, height, rgba: Buffer.from(rgba, "base64") };
  }

  async close() {
    await this.browser.send("Target.closeTarget", { targetId: this.target });
  }
}
