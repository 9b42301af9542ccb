import assert from "node:assert/strict";
import { test } from "node:test";

import { safeLink, visible } from "../../web/src/lib/text.ts";

test("what cannot be seen is shown as its escape", () => {
  assert.equal(visible("a\u202eb"), "a\\u{202e}b");
  assert.equal(visible("\u200b\u200f\u2066\ufeff\u00ad"), "\\u{200b}\\u{200f}\\u{2066}\\u{feff}\\u{ad}");
  assert.equal(visible("\u0000\u0007\u001b[31m\u009b"), "\\u{0}\\u{7}\\u{1b}[31m\\u{9b}");
  assert.equal(visible("tag\u{e0041}"), "tag\\u{e0041}");
  assert.equal(visible("half \ud83d"), "half \\u{d83d}");
});

test("what can be seen stays as it is", () => {
  const text = "<b>Grüße</b>, 世界 👩‍🚀 — שלום\n\tلا";
  assert.equal(visible(text), text.replace("\u200d", "\\u{200d}"));
});

test("only http and https are linked", () => {
  assert.equal(safeLink("https://example.org/a?b#c"), "https://example.org/a?b#c");
  assert.equal(safeLink("http://example.org"), "http://example.org/");
  for (const text of [
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "blob:http://localhost/1",
    "//example.org",
    "/tasks",
    "example.org",
    "",
  ]) {
    assert.equal(safeLink(text), null, text);
  }
});
