import { assertEquals, assertRejects } from "@std/assert";
import { CniError } from "../spec/mod.ts";
import { fakeRun } from "./_testing.ts";
import { hostNetnsWord, netnsWord } from "./netns_word_linux.ts";

Deno.test("netnsWord() makes a path of what ip takes for a name or a number", () => {
  const paths = ["/run/netns/a", "a", "17", "d/17"].map(netnsWord);
  assertEquals(paths, ["/run/netns/a", "./a", "./17", "d/17"]);
});

const ID = `${Deno.pid}`;

/** A host whose /proc shows this program, or not, and that has this file. */
function runWith({ isShown, isName }: { isShown: boolean; isName: boolean }) {
  return fakeRun(({ args }) => {
    const isTrue = args.includes("-ef") ? isShown : isName;
    return { status: isTrue ? 0 : 1 };
  });
}

Deno.test("hostNetnsWord() names the host by path, where that can be", async () => {
  const path = `/proc/${ID}/ns/net`;
  for (const isName of [true, false]) {
    const run = runWith({ isShown: true, isName });
    assertEquals(await hostNetnsWord(run), path);
  }
  const elsewhere = runWith({ isShown: false, isName: false });
  assertEquals(await hostNetnsWord(elsewhere), ID);
  const lost = runWith({ isShown: false, isName: true });
  const error = await assertRejects(() => hostNetnsWord(lost), CniError);
  assertEquals(error.details?.includes(`/run/netns/${ID}`), true);
});
