// Run with: node --test integrations/thunderbird/
"use strict";

const assert = require("node:assert");
const test = require("node:test");
const { beforeSend, rewritten } = require("./decide.js");

const STING = "You never even\n opened it & left.";
const FLAGGED = {
  verdict: "flagged",
  sentences: [
    { text: "You never even opened it & left.", part: "1", labels: ["blame"], suggestions: [{ text: "Was it <read>?", kind: "rewrite" }] },
  ],
};

function tools(answer, choice, log) {
  return {
    timeout: 50,
    ask: async (request) => {
      log.push(["ask", request]);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    dialog: async (shown) => {
      log.push(["dialog", shown]);
      if (choice instanceof Error) throw choice;
      return choice;
    },
    replace: async (tab, details) => {
      if (details.plainTextBody.includes("gone")) throw new Error("no such tab");
      log.push(["replace", details]);
    },
    warn: (text) => log.push(["warn", text]),
  };
}

const plain = { isPlainText: true, plainTextBody: `Hello,\n${STING}\n`, body: "", subject: "s" };

test("a clean message is sent without a word", async () => {
  const log = [];
  assert.deepStrictEqual(await beforeSend(1, plain, tools({ verdict: "clean", sentences: [] }, "", log)), {});
  assert.deepStrictEqual(log.map((l) => l[0]), ["ask"]);
  assert.deepStrictEqual(log[0][1], { id: 1, subject: "s", body: plain.plainTextBody, html: false });
});

test("a flagged one is held back unless the person sends it", async () => {
  assert.deepStrictEqual(await beforeSend(1, plain, tools(FLAGGED, "back", [])), { cancel: true });
  assert.deepStrictEqual(await beforeSend(1, plain, tools(FLAGGED, "send", [])), {});
});

test("rewrites go into the draft, which is not sent", async () => {
  const log = [];
  assert.deepStrictEqual(await beforeSend(1, plain, tools(FLAGGED, "rewrite", log)), { cancel: true });
  assert.strictEqual(log.at(-1)[1].plainTextBody, "Hello,\nWas it <read>?\n");
});

test("a failing, answerless or slow host does not hold back mail", async () => {
  for (const answer of [new Error("no host"), { error: "damaged" }]) {
    const log = [];
    assert.deepStrictEqual(await beforeSend(1, plain, tools(answer, "", log)), {});
    assert.strictEqual(log.at(-1)[0], "warn");
  }
  const slow = { ...tools(FLAGGED, "back", []), ask: () => new Promise(() => {}) };
  assert.deepStrictEqual(await beforeSend(1, plain, slow), {});
});

test("the dialog learns which rewrites fit into the draft", async () => {
  for (const [text, fits] of [[`Hello,\n${STING}\n`, true], [`${STING} ${STING}`, false]]) {
    const log = [];
    await beforeSend(1, { ...plain, plainTextBody: text }, tools(FLAGGED, "back", log));
    assert.deepStrictEqual(log.at(-1)[1].sentences, [{ ...FLAGGED.sentences[0], fits }]);
  }
});

test("a dialog that cannot be shown does not hold back mail, a draft that cannot be changed is not sent", async () => {
  const log = [];
  assert.deepStrictEqual(await beforeSend(1, plain, tools(FLAGGED, new Error("no window"), log)), {});
  assert.strictEqual(log.at(-1)[0], "warn");
  const gone = { ...plain, plainTextBody: `gone\n${STING}` };
  assert.deepStrictEqual(await beforeSend(1, gone, tools(FLAGGED, "rewrite", log)), { cancel: true });
  assert.deepStrictEqual(log.at(-1), ["warn", "tone-check: the draft is as it was: no such tab"]);
});

test("one send announced twice asks once", async () => {
  const log = [];
  const both = tools(FLAGGED, "back", log);
  const answers = await Promise.all([beforeSend(7, plain, both), beforeSend(7, plain, both)]);
  assert.deepStrictEqual(answers, [{ cancel: true }, { cancel: true }]);
  assert.strictEqual(log.filter((l) => l[0] === "dialog").length, 1);
});

test("in HTML a rewrite is text, not markup, and a sentence found twice is left alone", () => {
  const body = "<p>You never&nbsp;even<br>opened it &amp; left.</p>";
  const changed = rewritten({ isPlainText: false, body, subject: "s" }, FLAGGED.sentences);
  assert.strictEqual(changed.body, "<p>Was it &lt;read&gt;?</p>");
  assert.strictEqual(rewritten({ isPlainText: false, body: body + body, subject: "s" }, FLAGGED.sentences), null);
});
