// The dialog: the flagged sentences and three buttons. Texts are set as text, never as markup.
// Enter, Escape and closing the window all mean: go back. Only a deliberate step sends.
"use strict";

function line(text, kind) {
  const element = document.createElement("div");
  element.className = kind;
  element.textContent = text;
  return element;
}

function show(answer) {
  const list = document.getElementById("sentences");
  let fitting = 0;
  for (const sentence of answer.sentences) {
    const item = document.createElement("li");
    item.append(line(`\u201c${sentence.text}\u201d`, "sentence"), line(sentence.labels.join(", "), "labels"));
    const first = (sentence.suggestions || [])[0];
    if (first) {
      if (sentence.fits) fitting += 1;
      const suggestion = line(first.kind === "remove" ? "Remove it." : first.text, "suggestion");
      if (first.why) suggestion.append(line(first.why, "why"));
      if (!sentence.fits) suggestion.append(line("Please change this one yourself: its place in the draft is not plain.", "why"));
      item.append(suggestion);
    }
    list.append(item);
  }
  document.getElementById("rewrite").hidden = fitting === 0;
}

async function start() {
  const own = await messenger.windows.getCurrent();
  // The window may be ready before the background page has noted what it is for.
  let answer = null;
  for (let attempt = 0; attempt < 20 && !answer; attempt += 1) {
    answer = await messenger.runtime.sendMessage({ type: "what", window: own.id });
    if (!answer) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (answer) show(answer);
  const chosen = (choice) => messenger.runtime.sendMessage({ type: "choice", window: own.id, choice });
  for (const choice of ["back", "rewrite", "send"]) {
    document.getElementById(choice).addEventListener("click", () => chosen(choice));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") chosen("back");
  });
}

start();
