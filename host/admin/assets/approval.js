// The queue of pages that wait for approval: opens it in the admin's page, shows a page on a phone and on a desktop, and
// sends decisions with a session token. What is typed is kept until it was saved.
"use strict";
(() => {
  const app = document.getElementById("app");
  const path = "/admin/approval/queue";
  // The texts that were typed and not sent yet, by plan and place.
  const drafts = new Map();
  // What was in the page before the queue.
  let before = null;
  let busy = false;

  const token = async () =>
    globalThis.shopify?.idToken ? shopify.idToken() : new URLSearchParams(location.search).get("id_token");

  const ask = async (target, options = {}) =>
    fetch(target, { ...options, headers: { authorization: `Bearer ${await token()}` } });

  const fields = () => [...app.querySelectorAll(".approval-open [data-path]")];
  const key = (field) => {
    const { of, version } = field.closest(".approval-open").dataset;
    return `${of} ${version} ${field.dataset.path ?? "reason"}`;
  };

  // A frame is as wide as its device, and drawn smaller where there is no room.
  const fit = (frame) => {
    const width = Number(frame.dataset.width);
    const scale = Math.min(1, frame.clientWidth / width);
    const page = frame.firstElementChild;
    page.style.width = `${Math.max(width, frame.clientWidth / scale)}px`;
    page.style.height = `${frame.clientHeight / scale}px`;
    page.style.transform = `scale(${scale})`;
  };
  const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target)));

  const dress = () => {
    const frames = [...app.querySelectorAll(".approval-frame")];
    const [phone, desktop] = frames.map((frame) => frame.firstElementChild);
    if (desktop) desktop.srcdoc = phone.srcdoc;
    observer.disconnect();
    for (const frame of frames) observer.observe(frame);
    for (const field of [...fields(), ...app.querySelectorAll("#approval-reason")]) {
      const draft = drafts.get(key(field));
      if (draft !== undefined) field.value = draft;
    }
    if (fields().some((field) => drafts.has(key(field)))) app.querySelector(".approval-texts").open = true;
  };

  const tell = (text) => {
    const banner = document.createElement("s-banner");
    banner.setAttribute("tone", "critical");
    banner.textContent = text;
    const outcome = app.querySelector(".outcome");
    outcome.replaceChildren(banner);
    outcome.scrollIntoView({ block: "center" });
  };

  const send = async (target, options) => {
    if (busy) return;
    busy = true;
    const buttons = [...app.querySelectorAll("[data-approval]")];
    for (const button of buttons) button.disabled = true;
    try {
      const answer = await ask(target, options);
      if (answer.status === 401 || answer.status === 403) {
        return tell("Your session has ended, and nothing was decided. Open Wandstore from your shop’s admin again.");
      }
      if (![200, 409, 422, 503].includes(answer.status)) throw new Error(answer.status);
      const html = await answer.text();
      if (!app.querySelector('[data-approval="back"]')) before = [...app.childNodes];
      app.innerHTML = html;
      dress();
      const invalid = app.querySelector("[aria-invalid=true]");
      const place = invalid ?? (app.querySelector(".outcome").firstElementChild && app.querySelector(".outcome"));
      if (place) place.scrollIntoView({ block: "center" });
      else scrollTo(0, 0);
      invalid?.focus({ preventScroll: true });
    } catch {
      tell("Wandstore was not reached, and nothing was decided. What you typed is still here: try again.");
    } finally {
      busy = false;
      for (const button of buttons) button.disabled = false;
    }
  };

  const decide = (action) => {
    const open = app.querySelector(".approval-open");
    const { of, version, digest } = open.dataset;
    const body = new URLSearchParams({ action, version, digest });
    if (action === "reject") body.append("reason", open.querySelector("#approval-reason").value);
    else {
      for (const field of fields()) {
        if (field.value !== field.dataset.value) body.append(`text:${field.dataset.path}`, field.value);
      }
    }
    send(`${path}/${encodeURIComponent(of)}`, { method: "POST", body });
  };

  const back = () => {
    if (!before) return location.assign(`/admin${location.search}`);
    app.replaceChildren(...before);
    before = null;
    scrollTo(0, 0);
  };

  app.addEventListener("input", ({ target }) => {
    if (target.closest(".approval-open")) drafts.set(key(target), target.value);
  });
  app.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-approval]");
    if (!button || button.disabled) return;
    const { approval, audience } = button.dataset;
    if (approval === "open") send(audience ? `${path}/${encodeURIComponent(audience)}` : path);
    else if (approval === "back") back();
    else decide(approval);
  });
  dress();
})();
