// What to do with a message that is about to be sent: no browser interface in here, so that node can test it.
"use strict";

(function (scope) {
  const TIMEOUT = 5000;

  // Thunderbird may announce one send more than once: while the first is being judged, the others wait for its answer.
  const underway = new Map();

  /** Ask the host; a host that fails or is slow is an error, and errors do not hold back mail. */
  function judged(ask, request, timeout) {
    let clock;
    const late = new Promise((_, reject) => {
      clock = setTimeout(() => reject(new Error(`no answer within ${timeout / 1000} seconds`)), timeout);
    });
    return Promise.race([ask(request), late]).finally(() => clearTimeout(clock));
  }

  function written(details) {
    const html = !details.isPlainText;
    return { id: 1, subject: details.subject || "", body: (html ? details.body : details.plainTextBody) || "", html };
  }

  async function decide(tabId, details, tools) {
    let answer;
    try {
      answer = await judged(tools.ask, written(details), tools.timeout || TIMEOUT);
      if (answer.error) throw new Error(answer.error);
    } catch (error) {
      tools.warn(`tone-check: sent unchecked: ${error.message}`);
      return {};
    }
    if (answer.verdict !== "flagged") return {};
    let choice;
    try {
      choice = await tools.dialog({ ...answer, sentences: answer.sentences.map((s) => ({ ...s, fits: fits(details, s) })) });
    } catch (error) {
      tools.warn(`tone-check: sent although flagged, the dialog cannot be shown: ${error.message}`);
      return {};
    }
    if (choice === "send") return {};
    if (choice === "rewrite") {
      const changed = rewritten(details, answer.sentences);
      try {
        if (changed) await tools.replace(tabId, changed);
      } catch (error) {
        tools.warn(`tone-check: the draft is as it was: ${error.message}`);
      }
    }
    return { cancel: true };
  }

  /** The listener of compose.onBeforeSend. */
  function beforeSend(tabId, details, tools) {
    if (!underway.has(tabId)) {
      underway.set(tabId, decide(tabId, details, tools).finally(() => underway.delete(tabId)));
    }
    return underway.get(tabId);
  }

  /** The compose details with the first rewrite of every flagged sentence put in, null if none fits in plainly. */
  function rewritten(details, sentences) {
    const key = details.isPlainText ? "plainTextBody" : "body";
    let text = details[key] || "";
    let subject = details.subject || "";
    let changed = false;
    for (const sentence of sentences) {
      const first = (sentence.suggestions || [])[0];
      if (!first) continue;
      const inSubject = sentence.part === "subject";
      const place = found(inSubject ? subject : text, sentence.text, !inSubject && !details.isPlainText);
      if (!place) continue;
      const replacement = !inSubject && !details.isPlainText ? escaped(first.text) : first.text;
      if (inSubject) subject = subject.slice(0, place[0]) + replacement + subject.slice(place[1]);
      else text = text.slice(0, place[0]) + replacement + text.slice(place[1]);
      changed = true;
    }
    return changed ? { [key]: text, subject } : null;
  }

  /** Whether the first rewrite of a sentence can be put into the draft; the dialog promises no more than that. */
  function fits(details, sentence) {
    return rewritten(details, [sentence]) !== null;
  }

  /** Where a sentence stands, white space aside; only if it stands there exactly once. */
  function found(text, sentence, html) {
    const words = (html ? escaped(sentence) : sentence).split(/\s+/).filter(Boolean);
    if (!words.length) return null;
    const gap = html ? "(?:\\s|&nbsp;|<br\\s*/?>)+" : "\\s+";
    const pattern = words.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(gap);
    const all = [...text.matchAll(new RegExp(pattern, "g"))];
    return all.length === 1 ? [all[0].index, all[0].index + all[0][0].length] : null;
  }

  function escaped(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  const api = { beforeSend, rewritten };
  if (typeof module !== "undefined") module.exports = api;
  else scope.toneCheck = api;
})(typeof globalThis === "undefined" ? this : globalThis);
