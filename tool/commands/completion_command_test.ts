import { assertEquals, assertStringIncludes } from "@std/assert";
import { testWith } from "../_testing.ts";

testWith("complete prints words and what they stand for", async (test) => {
  const { status, stdout } = await test.run("complete -- tool add");
  assertEquals([status, stdout], [
    0,
    "add\tAttach a network namespace to networks\n",
  ]);
  // An empty word at the end cannot be written here: a begun one can.
  assertEquals(
    (await test.run("complete -- tool add c")).stdout,
    "chain\tfirst → second\n",
  );
  assertEquals(
    (await test.run("complete -- tool validate x")).stdout,
    ":files\n",
  );
});

testWith("completion says which shells it knows", async (test) => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { status, stdout } = await test.run(`completion ${shell}`);
    assertEquals(status, 0);
    assertStringIncludes(stdout, `tool completion ${shell}`);
  }
  const { status, stderr } = await test.run("completion fis");
  assertEquals(status, 2);
  assertStringIncludes(stderr, "Did you mean fish?");
  assertEquals((await test.run("completion")).status, 2);
});
