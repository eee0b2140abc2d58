import { assertEquals, assertStringIncludes } from "@std/assert";
import { definePlugin } from "../lib/plugin/mod.ts";
import { runTool } from "./run_tool.ts";

const bridge = definePlugin({
  name: "bridge",
  add: () => Promise.resolve({}),
  check: () => Promise.resolve(),
  del: () => Promise.resolve(),
});

async function run(applet: string, ...args: readonly string[]) {
  let [stdout, stderr] = ["", ""];
  const status = await runTool(applet, args, {
    registry: new Map([["bridge", () => Promise.resolve(bridge)]]),
    self: "/opt/cni/bin/cni",
    programVersion: "1.2.3",
    process: {
      env: () => "",
      writeStdout: (text) => void (stdout += text),
      writeStderr: (text) => void (stderr += text),
      readStdin: () => Promise.resolve(""),
      cwd: () => "/",
      isTerminal: () => false,
      onInterrupt: () => () => {},
    },
  });
  return { status, stdout, stderr };
}

Deno.test("runTool() runs the tool under either name", async () => {
  assertEquals((await run("cnitool", "--version")).stdout, "cnitool 1.2.3\n");
  assertEquals((await run("tool", "--version")).stdout, "cni tool 1.2.3\n");
});

Deno.test("runTool() tells the program's version and help", async () => {
  assertEquals((await run("--version")).stdout, "cni 1.2.3\n");
  for (const applet of ["", "--help", "-h", "help"]) {
    const { status, stdout } = await run(applet);
    assertEquals(status, 0);
    assertStringIncludes(stdout, "  bridge\n");
  }
});

Deno.test("runTool() suggests an applet for one that is not there", async () => {
  const { status, stdout, stderr } = await run("bridg");
  assertEquals([status, stdout], [2, ""]);
  assertStringIncludes(stderr, 'unknown command "bridg" for "cni"');
  assertStringIncludes(stderr, 'Did you mean "cni bridge"?');
});
