import { assertEquals, assertNotEquals } from "@std/assert";
import { fitFileName } from "./fit_file_name.ts";

Deno.test("fitFileName() keeps names that fit, and tells longer ones apart", () => {
  const fitting = ["a", "n".repeat(255), `${"n".repeat(252)}日`];
  for (const name of fitting) assertEquals(fitFileName(name, "日"), name);
  const long = ["n".repeat(256), "n".repeat(257), "n".repeat(100_000)];
  for (const name of long) {
    const cut = fitFileName(name);
    assertEquals([cut.length, cut], [255, fitFileName(name)]);
    assertEquals(/^n{238}~[0-9a-f]{16}$/.test(cut), true);
    for (const other of long.filter((one) => one !== name)) {
      assertNotEquals(cut, fitFileName(other));
    }
  }
  const ending = "_日本.json";
  const cut = fitFileName("c".repeat(250) + ending, ending);
  assertEquals(new TextEncoder().encode(cut).length, 255);
  assertEquals(cut.endsWith(ending), true);
});
