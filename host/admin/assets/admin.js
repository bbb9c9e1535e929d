// The script of every page: goes from page to page, submits forms, and loads parts, with a session token each time. App Bridge
// supplies the token, the navigation, the bar for unsaved changes and toasts. Without App Bridge (in local development) the
// token is in the address, and the page has its own navigation and bar.
"use strict";
(() => {
  const fields = "s-text-field, s-color-field, s-text-area, s-select, s-checkbox";
  const bridge = globalThis.shopify;
  const hasBar = Boolean(bridge?.saveBar);
  // Before the first paint, so that nothing moves.
  document.documentElement.classList.add(hasBar ? "bridged" : "unbridged");

  /** Of the address in the admin: what every request and link keeps. */
  const kept = () => {
    const query = new URLSearchParams(location.search);
    return new URLSearchParams(["shop", "host", "embedded", "locale"].flatMap((name) => (query.has(name) ? [[name, query.get(name)]] : [])));
  };
  const first = new URLSearchParams(location.search).get("id_token");
  const token = async () => (bridge?.idToken ? bridge.idToken() : first);
  const ask = async (path, options = {}, more = []) =>
    fetch(`${path}?${new URLSearchParams([...kept(), ...more])}`, { ...options, headers: { ...options.headers, authorization: `Bearer ${await token()}` } });

  const start = () => {
    const app = document.getElementById("app");
    const bar = document.querySelector(".bar");
    const { dataset: words } = document.body;
    const page = () => app.firstElementChild;
    // A form aside decides about something else, and nothing is typed into it.
    const form = () => app.querySelector("form:not([data-aside])");

    // Forms

    // Reads Shopify's fields one by one, so that it does not matter how they take part in forms.
    const control = (element) => element.querySelector("input, textarea, select") ?? element;
    const read = (form) => {
      const data = new URLSearchParams();
      for (const hidden of form.querySelectorAll("input[type=hidden]")) data.append(hidden.name, hidden.value);
      for (const element of form.querySelectorAll(fields)) {
        const checkbox = element.localName === "s-checkbox";
        const value = checkbox ? element.getAttribute("value") : control(element).value;
        // A text that is stored as it is.
        if (element.dataset.stored === value) continue;
        if (!checkbox || control(element).checked) data.append(element.getAttribute("name"), value ?? "");
      }
      return data;
    };

    /** The form as it was shown, and its values. */
    let shown = "";
    let values = [];
    const remember = () => {
      const elements = [...(form()?.querySelectorAll(fields) ?? [])];
      shown = form() ? String(read(form())) : "";
      values = elements.map((element) => [element, control(element).value, control(element).checked]);
    };
    let isDirty = false;
    const setDirty = (dirty) => {
      if (dirty === isDirty) return;
      isDirty = dirty;
      if (hasBar) bridge.saveBar[dirty ? "show" : "hide"]("unsaved");
      else bar.hidden = !dirty;
    };
    const judge = () => setDirty(Boolean(form()) && (page().hasAttribute("data-unsaved") || String(read(form())) !== shown));

    const tell = (text) => {
      const banner = document.createElement("s-banner");
      banner.setAttribute("tone", "critical");
      banner.textContent = text;
      const outcome = app.querySelector(".outcome");
      outcome.replaceChildren(banner);
      outcome.scrollIntoView({ block: "center" });
    };
    const unreached = (online, offline) => (navigator.onLine ? online : offline);

    /** Sends the page's form or another: to be saved, or with a decision about what it is of. */
    const save = async (decision, of = form()) => {
      if (!of || app.ariaBusy === "true") return;
      app.ariaBusy = "true";
      try {
        const body = read(of);
        if (decision) body.set("action", decision);
        const answer = await ask(of.getAttribute("action"), { method: "POST", body });
        if (answer.status === 401 || answer.status === 403) return tell(words.ended);
        if (answer.status === 413) return tell(words.tooLong);
        if (![200, 409, 422, 503].includes(answer.status)) throw new Error(answer.status);
        show(await answer.text());
        const banner = app.querySelector(".outcome s-banner");
        if (answer.ok && bridge?.toast) {
          bridge.toast.show(banner.getAttribute("heading"));
          if (banner.getAttribute("tone") === "success") banner.remove();
        }
        if (answer.ok && decision) scrollTo(0, 0);
        else (app.querySelector("[aria-invalid=true], [error]") ?? app.querySelector(".outcome")).scrollIntoView({ block: "center" });
      } catch {
        tell(unreached(words.unreached, words.offline));
      } finally {
        app.ariaBusy = "false";
      }
    };

    const discard = () => {
      if (page().hasAttribute("data-unsaved")) return load(page().dataset.at);
      for (const [element, value, checked] of values) {
        control(element).value = value;
        control(element).checked = checked;
      }
      judge();
    };

    // Pages

    const show = (html) => {
      app.innerHTML = html;
      document.title = page().dataset.title ?? document.title;
      for (const link of document.querySelectorAll(".nav a")) {
        if (link.dataset.go === page().dataset.section) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      prepare();
    };

    const skeleton = () => {
      app.replaceChildren(document.getElementById("skeleton").content.cloneNode(true));
    };

    /** A button that tries again what failed. */
    const again = (attempt) => {
      const button = Object.assign(document.createElement("button"), { className: "plain", type: "button", textContent: words.again });
      button.addEventListener("click", attempt);
      return button;
    };

    const failed = (path) => {
      const text = document.createElement("p");
      text.setAttribute("role", "alert");
      text.textContent = unreached(words.pageUnreached, words.pageOffline);
      const button = again(() => load(path));
      const box = Object.assign(document.createElement("div"), { className: "failed" });
      box.append(text, button);
      app.replaceChildren(box);
      button.focus();
    };

    let asked = 0;
    const load = async (path) => {
      const number = ++asked;
      forget();
      skeleton();
      try {
        const answer = await ask(path);
        if (number !== asked) return;
        if (!answer.ok) throw new Error(answer.status);
        show(await answer.text());
        app.querySelector("h1")?.focus({ preventScroll: true });
        scrollTo(0, 0);
      } catch {
        if (number === asked) failed(path);
      }
    };
    const forget = () => {
      shown = "";
      values = [];
      setDirty(false);
    };

    /** Whether there is nothing unsaved, or nothing that the merchant wants to keep. */
    const isSettled = async () => {
      if (isDirty && hasBar) await bridge.saveBar.leaveConfirmation();
      else if (isDirty) {
        bar.querySelector("p").textContent = words.saveFirst;
        bar.classList.add("urged");
        bar.querySelector("[data-save]").focus();
        return false;
      }
      return true;
    };

    /** Decides about what a form is of. If that is another form than the page's, what was typed would be lost. */
    const decide = async (decision, of) => {
      if (of === form() || (await isSettled())) await save(decision, of);
    };

    /** Goes to another page, once there is nothing unsaved. */
    const go = async (path) => {
      if (!(await isSettled())) return;
      history.pushState({}, "", `${path}?${kept()}`);
      await load(path);
    };

    // Parts

    // Replaces the plain controls once Shopify's components have loaded.
    const upgrade = () => {
      for (const element of app.querySelectorAll(`${fields}, s-button`)) {
        customElements.whenDefined(element.localName).then(() => {
          const plain = element.querySelector(":scope > .plain");
          if (!plain) return;
          const control = plain.matches("button") ? null : plain.querySelector("input, textarea, select");
          if (control?.type === "checkbox") element.checked = control.checked;
          else if (control) element.value = control.value;
          if (control) plain.remove();
          else element.replaceChildren(plain.textContent);
          if (!isDirty) remember();
        });
      }
    };

    const parts = () => {
      for (const part of app.querySelectorAll("[data-part]")) loadPart(part);
    };
    const loadPart = async (part) => {
      try {
        const answer = await ask(part.dataset.part);
        if (!answer.ok) throw new Error(answer.status);
        part.innerHTML = await answer.text();
        if (part.querySelector("[tone=success]")) part.closest("li")?.classList.add("done");
        const count = app.querySelector(".count");
        if (count) count.textContent = count.dataset.counts.split("|")[app.querySelectorAll(".steps > .done").length];
      } catch {
        part.replaceChildren(`${words.unreadable} `, again(() => loadPart(part)));
      }
    };

    // Shopify's word on whether block and embed are in the published theme.
    const extensions = async () => {
      const list = app.querySelector(".extensions");
      if (!list) return;
      const say = (handle, text) => {
        for (const place of list.querySelectorAll(`[data-extension="${handle}"]`)) place.textContent = text;
      };
      const places = [...list.querySelectorAll("[data-extension]")].map((place) => place.dataset.extension);
      try {
        const known = await bridge.app.extensions();
        const active = known.filter(({ type }) => type === "theme_app_extension")
          .flatMap(({ activations }) => activations).filter(({ status }) => status === "active").map(({ handle }) => handle);
        for (const handle of places) say(handle, active.includes(handle) ? list.dataset.on : list.dataset.off);
      } catch {
        for (const handle of places) say(handle, list.dataset.untold);
      }
    };

    const preview = async (button) => {
      const frame = app.querySelector(".preview");
      const note = app.querySelector(".preview-note");
      note.hidden = false;
      note.textContent = words.moment;
      try {
        const answer = await ask(`/admin/preview/${button.dataset.preview}`);
        if (!answer.ok) throw new Error(answer.status);
        frame.srcdoc = await answer.text();
        frame.hidden = false;
        note.textContent = button.dataset[answer.headers.get("x-generated")] ?? "";
      } catch {
        note.textContent = words.noPreview;
      }
    };

    // A page as it looks on a device: as wide as the device, and drawn smaller where there is no room.
    const fit = (device) => {
      const width = Number(device.dataset.width);
      const scale = Math.min(1, device.clientWidth / width);
      const { style } = device.firstElementChild;
      style.width = `${Math.max(width, device.clientWidth / scale)}px`;
      style.height = `${device.clientHeight / scale}px`;
      style.transform = `scale(${scale})`;
    };
    const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target)));
    const devices = () => {
      observer.disconnect();
      const [first, ...others] = app.querySelectorAll(".device");
      if (!first) return;
      for (const other of others) other.firstElementChild.srcdoc = first.firstElementChild.srcdoc;
      for (const device of [first, ...others]) observer.observe(device);
    };

    // Why a shopper's page, or every persona's, is as it is.
    const why = async (form) => {
      const place = form.nextElementSibling;
      place.textContent = words.moment;
      try {
        const answer = await ask(form.getAttribute("action"), {}, new FormData(form));
        if (![200, 422, 503].includes(answer.status)) throw new Error(answer.status);
        place.innerHTML = await answer.text();
      } catch {
        place.textContent = unreached(words.unreadable, words.offline);
      }
    };

    const download = async (path, name) => {
      try {
        const answer = await ask(path);
        if (!answer.ok) throw new Error(answer.status);
        const link = document.createElement("a");
        link.href = URL.createObjectURL(await answer.blob());
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      } catch {
        tell(words.reportUnread);
      }
    };

    // An optional scope: Shopify asks the merchant, and only new tokens have it.
    const grant = async (scope) => {
      try {
        const { result } = await bridge.scopes.request([scope]);
        if (result !== "granted-all") return;
        const answer = await ask("/admin/scopes", { method: "POST" });
        if (!answer.ok) throw new Error(answer.status);
        if (await isSettled()) await load(page().dataset.at);
      } catch {
        tell(unreached(words.unreached, words.offline));
      }
    };

    const prepare = () => {
      for (const offer of app.querySelectorAll(".offer")) offer.hidden = !bridge?.scopes;
      for (const link of app.querySelectorAll("a[data-go]")) link.href = `${link.dataset.go}?${kept()}`;
      bar.querySelector("p").textContent = bar.getAttribute("aria-label");
      bar.classList.remove("urged");
      upgrade();
      remember();
      judge();
      parts();
      extensions();
      devices();
    };

    // What merchants do

    app.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.target.matches("[data-why]")) why(event.target);
      else save();
    });
    // Enter saves, as in any form; while a word is being composed it ends that instead.
    app.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !event.composedPath()[0].matches("input:not([type=checkbox])")) return;
      event.preventDefault();
      save();
    });
    for (const event of ["input", "change"]) app.addEventListener(event, judge);
    document.addEventListener("click", (event) => {
      const target = event.target.closest("a[data-go], [data-save], [data-discard], [data-retry], s-button");
      if (!target || target.disabled || target.hasAttribute("disabled")) return;
      if (target.dataset.go !== undefined) {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(target.dataset.go);
      } else if (target.dataset.save !== undefined) save();
      else if (target.dataset.discard !== undefined) discard();
      else if (target.dataset.retry !== undefined) load(page().dataset.at);
      else if (target.dataset.decide) decide(target.dataset.decide, target.closest("form"));
      else if (target.dataset.preview) preview(target);
      else if (target.dataset.report) download(`/admin/reports/${target.dataset.report}`, `${target.dataset.report}.json`);
      else if (target.dataset.scope) grant(target.dataset.scope);
      else if (target.dataset.csv) download(target.dataset.csv, "wandstore.csv");
    });
    // App Bridge says where a click in Shopify's navigation leads.
    document.addEventListener("shopify:navigate", (event) => {
      const path = event.target.getAttribute("href");
      if (!path) return;
      event.preventDefault();
      go(path);
    });
    addEventListener("popstate", () => load(location.pathname));
    addEventListener("beforeunload", (event) => {
      if (isDirty && !hasBar) event.preventDefault();
    });
    prepare();
  };

  document.addEventListener("DOMContentLoaded", start);
})();
