// What Thunderbird offers the add-on, as far as the add-on uses it, so that all of it can run in one page of a browser:
// ANSWER (the host's) and DETAILS (the draft's) are set in front of this.
"use strict";

const seen = { asked: [], replaced: [], removed: [], warnings: [], outcome: null };
const listeners = { message: [], removed: [], beforeSend: [] };
const OWN = { id: 7 };
console.warn = (text) => seen.warnings.push(text);

const messenger = {
  runtime: {
    sendNativeMessage: async (host, request) => {
      seen.asked.push([host, request]);
      return structuredClone(ANSWER);
    },
    sendMessage: async (message) => {
      for (const listener of listeners.message) {
        const answer = listener(structuredClone(message));
        if (answer) return structuredClone(await answer);
      }
      return undefined;
    },
    onMessage: { addListener: (listener) => listeners.message.push(listener) },
  },
  windows: {
    create: async (options) => {
      seen.created = options;
      return OWN;
    },
    getCurrent: async () => OWN,
    remove: async (id) => {
      seen.removed.push(id);
      for (const listener of listeners.removed) listener(id);
    },
    onRemoved: { addListener: (listener) => listeners.removed.push(listener) },
  },
  compose: {
    setComposeDetails: async (tab, details) => seen.replaced.push([tab, details]),
    onBeforeSend: { addListener: (listener) => listeners.beforeSend.push(listener) },
  },
};

/** Press "Send". */
async function send() {
  seen.outcome = await listeners.beforeSend[0]({ id: 3 }, structuredClone(DETAILS));
}
