// The dialog: the flagged sentences and three buttons. Texts are set as text, never as markup.
"use strict";

function line(text, kind) {
  const element = document.createElement("div");
  element.className = kind;
  element.textContent = text;
  return element;
}

function show(answer) {
  const list = document.getElementById("sentences");
  let rewrites = 0;
  for (const sentence of answer.sentences) {
    const item = document.createElement("li");
    item.append(line(`\u201c${sentence.text}\u201d`, "sentence"), line(sentence.labels.join(", "), "labels"));
    const first = (sentence.suggestions || [])[0];
    if (first) {
      rewrites += 1;
      item.append(line(first.kind === "remove" ? "Remove it." : first.text, "suggestion"));
    }
    list.append(item);
  }
  document.getElementById("rewrite").hidden = rewrites === 0;
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
  for (const choice of ["back", "rewrite", "send"]) {
    document.getElementById(choice).addEventListener("click", () => {
      messenger.runtime.sendMessage({ type: "choice", window: own.id, choice });
    });
  }
}

start();
