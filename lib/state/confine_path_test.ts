import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { confinePath } from "./confine_path.ts";

const ORIGIN = { key: "ipam.dataDir" };

/** A folder without links above it, which is removed in the end. */
function withFolder(run: (folder: string) => void): void {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    run(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The error of code 7, as text, that confining `path` ends with. */
function refusalOf(path: string): string {
  const error = assertThrows(() => confinePath(path, ORIGIN), CniError);
  assertEquals(error.code, CniCode.InvalidConfig);
  return error.toString();
}

Deno.test("confinePath() normalises what need not exist yet", () => {
  withFolder((folder) => {
    const path = `${folder}/a/../b//c/`;
    assertEquals(confinePath(path, ORIGIN), `${folder}/b/c`);
  });
});

Deno.test("confinePath() refuses links", async (t) => {
  await t.step("the folder itself", () =>
    withFolder((folder) => {
      Deno.symlinkSync("/", `${folder}/link`);
      const text = refusalOf(`${folder}/link`);
      assertStringIncludes(text, "ipam.dataDir");
      assertStringIncludes(text, "it is a link");
    }));
  await t.step("a folder above it", () =>
    withFolder((folder) => {
      Deno.symlinkSync("/", `${folder}/link`);
      const text = refusalOf(`${folder}/link/a/b`);
      assertStringIncludes(text, `"${folder}/link" is a link`);
    }));
  await t.step("one that leads nowhere", () =>
    withFolder((folder) => {
      Deno.symlinkSync("nowhere", `${folder}/link`);
      refusalOf(`${folder}/link`);
    }));
});

Deno.test("confinePath() refuses what is no path", () => {
  for (const path of ["", "/a\0b", "/a\nb"]) refusalOf(path);
});

Deno.test({
  name: "confinePath() names the remedy for a path out of permission",
  permissions: { read: ["/tmp/cni-permitted"], write: ["/tmp/cni-permitted"] },
  fn: () => {
    const text = refusalOf("/tmp/cni-permitted/../other");
    assertStringIncludes(text, "ipam.dataDir");
    assertStringIncludes(text, "make build STATE_DIRS=/tmp/other");
    assertEquals(
      confinePath("/tmp/cni-permitted/a", ORIGIN),
      "/tmp/cni-permitted/a",
    );
  },
});

Deno.test({
  name: "confinePath() refuses what may only be read",
  permissions: { read: ["/tmp/cni-permitted"] },
  fn: () => void refusalOf("/tmp/cni-permitted/a"),
});

Deno.test({
  name: "confinePath() refuses what may only be written",
  permissions: { write: ["/tmp/cni-permitted"] },
  fn: () => void refusalOf("/tmp/cni-permitted/a"),
});
