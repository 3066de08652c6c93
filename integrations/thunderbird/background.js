// The wiring: compose.onBeforeSend, the host, the dialog.
"use strict";

const HOST = "tone_check";
const waiting = new Map();

function ask(request) {
  return messenger.runtime.sendNativeMessage(HOST, request);
}

/** Open the dialog and wait for a button; a closed window means: go back to the message. */
async function dialog(answer) {
  const opened = await messenger.windows.create({ type: "popup", url: "dialog.html", width: 640, height: 520 });
  return new Promise((resolve) => waiting.set(opened.id, { answer, resolve }));
}

function settle(windowId, choice) {
  const entry = waiting.get(windowId);
  if (!entry) return;
  waiting.delete(windowId);
  entry.resolve(choice);
}

messenger.windows.onRemoved.addListener((windowId) => settle(windowId, "back"));

messenger.runtime.onMessage.addListener((message) => {
  if (message.type === "what") return Promise.resolve((waiting.get(message.window) || {}).answer || null);
  if (message.type === "choice") {
    settle(message.window, message.choice);
    messenger.windows.remove(message.window);
  }
  return undefined;
});

const tools = {
  ask,
  dialog,
  replace: (tabId, details) => messenger.compose.setComposeDetails(tabId, details),
  warn: (text) => console.warn(text),
};

messenger.compose.onBeforeSend.addListener((tab, details) => toneCheck.beforeSend(tab.id, details, tools));
