// Draws the diagrams of the book: mdBook leaves them as blocks of code.
const dark = ["navy", "coal", "ayu"].some((theme) => document.documentElement.classList.contains(theme));

for (const code of document.querySelectorAll("code.language-mermaid")) {
  const diagram = document.createElement("div");
  diagram.className = "mermaid";
  diagram.textContent = code.textContent;
  code.closest("pre").replaceWith(diagram);
}

mermaid.initialize({ startOnLoad: false, theme: dark ? "dark" : "default" });
mermaid.run();
