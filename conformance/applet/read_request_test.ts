import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../terminal/mod.ts";
import { CASES } from "../cases/mod.ts";
import { familyOf } from "../suite/mod.ts";
import { readRequest } from "./read_request.ts";

function read(line: string) {
  return readRequest(line.split(" ").filter((word) => word !== ""));
}

Deno.test("readRequest() reads a folder and what to do with it", () => {
  const request = readRequest([
    ...["--plugin-dir", "/p", "--plugin", "a", "--plugin=b"],
    ...["--spec", "1.0.0", "--profile", "f", "--profile-dir", "d"],
    ...["--format", "tap", "--stages", "3", "--call-limit", "5"],
    ...["--daemon", "/d/cni daemon", "--env", "A=b=c", "--env", "D="],
    ...["--case", "lifecycle/add"],
  ]);
  assertEquals(request, {
    kind: "plugins",
    pluginDir: "/p",
    plugins: ["a", "b"],
    spec: "1.0.0",
    profileFiles: ["f"],
    profileDir: "d",
    daemon: ["/d/cni", "daemon"],
    env: { A: "b=c", D: "" },
    cases: CASES.filter(({ id }) => id === "lifecycle/add"),
    format: "tap",
    stages: 3,
    callLimitMs: 5000,
  });
});

Deno.test("readRequest() takes all cases, or those of families", () => {
  const all = read("--plugin-dir /p");
  assertEquals(all.kind === "plugins" && all.cases.length, CASES.length);
  const some = read("--list --family ipam --family robustness");
  const families = some.kind === "list" ? some.cases.map(familyOf) : [];
  assertEquals([...new Set(families)], ["ipam", "robustness"]);
});

Deno.test("readRequest() refuses what is wrong, with a hint", async (t) => {
  const cases: Record<string, readonly [string, string, string]> = {
    "no folder": ["", "--plugin-dir and --runtime are missing", ""],
    "a word too many": ["--plugin-dir /p bridge", 'word: "bridge"', ""],
    "an unknown flag": ["--plugindir /p", "unknown flag", "--plugin-dir"],
    "an unknown family": ["--list --family ipams", "family", "mean ipam?"],
    "an unknown case": [
      "--list --case lifecycle/ad",
      "case",
      "Did you mean lifecycle/add",
    ],
    "an unknown version": [
      "--plugin-dir /p --spec 1.2.0",
      "unknown version of the specification",
      "?",
    ],
    "an unknown format": ["--plugin-dir /p --format xml", "format", "html"],
    "no number": ["--plugin-dir /p --stages two", "--stages is", ""],
    "a number that is too small": ["--plugin-dir /p --stages 0", "1 to 64", ""],
    "a daemon without its folder": [
      "--plugin-dir /p --daemon cni",
      "an absolute path",
      "",
    ],
    "no variable": ["--plugin-dir /p --env =a", "expected NAME=VALUE", ""],
    "a daemon for a runtime": [
      "--runtime /r --daemon /d",
      "--daemon is for plugins",
      "",
    ],
  };
  for (const [why, [line, message, hint]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => read(line), UsageError, message);
      assertEquals(error.hint.includes(hint), true, error.hint);
    });
  }
});

Deno.test("the cases have ids of their own, and say what they ask", () => {
  const ids = CASES.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const { id, clause: { section, requirement } } of CASES) {
    assertEquals(/^[a-z]+\/[a-z0-9.-]+$/.test(id), true, id);
    assertEquals(
      /^CNI (\d\.\d\.\d|conventions), /.test(section),
      true,
      `${id}: ${section}`,
    );
    assertEquals(requirement.endsWith("."), false, id);
  }
});
