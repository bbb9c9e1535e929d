// Submits forms with a session token, and inserts the response into the page. App Bridge supplies the token; without
// App Bridge (in local development) the token is in the address.
"use strict";
(() => {
  const app = document.getElementById("app");
  const fields = "s-text-field, s-color-field, s-text-area, s-checkbox";

  const token = async () =>
    globalThis.shopify?.idToken ? shopify.idToken() : new URLSearchParams(location.search).get("id_token");

  const ask = async (path, options = {}) =>
    fetch(path, { ...options, headers: { ...options.headers, authorization: `Bearer ${await token()}` } });

  // Replaces the plain controls once Shopify's components have loaded.
  const upgrade = () => {
    for (const element of app.querySelectorAll(`${fields}, s-button`)) {
      customElements.whenDefined(element.localName).then(() => {
        const plain = element.querySelector(":scope > .plain");
        if (!plain) return;
        const control = plain.matches("button") ? null : plain.querySelector("input, textarea");
        if (control?.type === "checkbox") element.checked = control.checked;
        else if (control) element.value = control.value;
        if (control) plain.remove();
        else element.replaceChildren(plain.textContent);
      });
    }
  };

  // Reads Shopify's fields one by one, so that it does not matter how they take part in forms.
  const read = (form) => {
    const data = new URLSearchParams();
    for (const element of form.querySelectorAll(fields)) {
      const control = element.querySelector("input, textarea") ?? element;
      const checkbox = element.localName === "s-checkbox";
      const value = checkbox ? element.getAttribute("value") : control.value;
      if (!checkbox || control.checked) data.append(element.getAttribute("name"), value ?? "");
    }
    return data;
  };

  const tell = (text) => {
    const banner = document.createElement("s-banner");
    banner.setAttribute("tone", "critical");
    banner.textContent = text;
    app.querySelector(".outcome").replaceChildren(banner);
    banner.scrollIntoView({ block: "center" });
  };

  const save = async (form) => {
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    try {
      const answer = await ask(form.getAttribute("action"), { method: "POST", body: read(form) });
      if (answer.status === 401 || answer.status === 403) {
        return tell("Your session has ended, and nothing was saved. Open Wandstore from your shop’s admin again.");
      }
      if (![200, 409, 422, 503].includes(answer.status)) throw new Error(answer.status);
      app.innerHTML = await answer.text();
      upgrade();
      (app.querySelector("[aria-invalid=true]") ?? app.querySelector(".outcome")).scrollIntoView({ block: "center" });
    } catch {
      tell("Wandstore was not reached, and nothing was saved. What you typed is still here: try again.");
    } finally {
      form.ariaBusy = "false";
    }
  };

  const preview = async (persona, title) => {
    const frame = app.querySelector(".preview");
    const note = app.querySelector(".preview-note");
    note.hidden = false;
    note.textContent = "One moment…";
    try {
      const answer = await ask(`/admin/preview/${persona}`);
      if (!answer.ok) throw new Error(answer.status);
      frame.srcdoc = await answer.text();
      frame.hidden = false;
      note.textContent = {
        true: `Made for ${title.toLowerCase()}.`,
        before: `Made for ${title.toLowerCase()} before products or settings changed. It is being made again: look again in a minute.`,
      }[answer.headers.get("x-generated")]
        ?? "What every shopper gets until a page is made. It is being made now: look again in a minute.";
    } catch {
      note.textContent = "There is no preview at the moment. Open Wandstore from your shop’s admin again.";
    }
  };

  const download = async (id) => {
    try {
      const answer = await ask(`/admin/reports/${id}`);
      if (!answer.ok) throw new Error(answer.status);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `${id}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch {
      tell("The report was not read. Try again in a minute.");
    }
  };

  app.addEventListener("submit", (event) => {
    event.preventDefault();
    save(event.target);
  });
  app.addEventListener("click", (event) => {
    const button = event.target.closest("s-button");
    if (!button || button.disabled || button.hasAttribute("disabled")) return;
    if (button.dataset.preview) preview(button.dataset.preview, button.textContent.trim());
    else if (button.dataset.report) download(button.dataset.report);
    else if (button.type === "submit" && !event.target.closest("button")) save(button.closest("form"));
  });
  upgrade();
})();
