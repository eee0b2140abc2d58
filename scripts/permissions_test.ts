import { assertEquals, assertThrows } from "@std/assert";
import {
  parseFolders,
  permissionFlags,
  programPermissions,
} from "./permissions.ts";

Deno.test("programPermissions() adds the folders of a build to the list", () => {
  const extra = { stateDirs: ["/srv/state"], readDirs: ["/srv/plugins"] };
  const plain = programPermissions({ stateDirs: [], readDirs: [] }, "/opt/bin");
  const built = programPermissions(extra, "/opt/bin");
  assertEquals(built, {
    read: [
      ...plain.read.slice(0, -1),
      "/srv/state",
      "/srv/plugins",
      "/opt/bin",
    ],
    write: [...plain.write, "/srv/state"],
    env: plain.env,
  });
});

Deno.test("permissionFlags() grants neither net nor anything without a list", () => {
  const permissions = { read: ["/r"], write: ["/w", "/x"], env: ["E"] };
  assertEquals(permissionFlags(permissions), [
    "--no-remote",
    "--cached-only",
    "--deny-import",
    "--no-prompt",
    "--allow-run",
    "--allow-env=E",
    "--allow-read=/r",
    "--allow-write=/w,/x",
  ]);
});

Deno.test("parseFolders() splits at colons", () => {
  assertEquals(parseFolders("STATE_DIRS", "/a:/b c:"), ["/a", "/b c"]);
  assertEquals(parseFolders("STATE_DIRS", ""), []);
});

Deno.test("parseFolders() refuses what would allow too much", async (t) => {
  const cases = {
    "relative": "state",
    "the root": "/",
    "the root, written long": "//",
    "a comma, which would part the list": "/a,/etc",
    "a way up": "/a/../etc",
    "a line break": "/a\n/b",
  };
  for (const [why, text] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(() => parseFolders("READ_DIRS", text), SyntaxError);
    });
  }
});
