import { assertEquals, assertRejects } from "@std/assert";
import { CniError } from "../spec/mod.ts";
import { fakeRun } from "./_testing.ts";
import { mustRunInSandbox, runInSandbox } from "./sandbox_script_linux.ts";

const NETNS = "/run/netns/a";
const SCRIPT = "ip rule show\n";

Deno.test("runInSandbox() runs the script and what guards it in one shell", async () => {
  const run = fakeRun(() => ({ stdout: "out\n" }));
  const output = await runInSandbox(SCRIPT, NETNS, { run, override: "" });
  assertEquals(output, { status: 0, stdout: "out\n", stderr: "" });
  assertEquals(run.commands.length, 1);
  const { stdin = "", ...command } = run.commands[0]!;
  assertEquals(command, { program: "sh", args: ["-s"], netns: NETNS });
  assertEquals(stdin.endsWith(SCRIPT), true);
  assertEquals(stdin.includes("-ef"), true);
});

Deno.test("runInSandbox() does not guard where that is allowed", async () => {
  const run = fakeRun(() => ({ status: 0 }));
  await runInSandbox(SCRIPT, NETNS, { run, override: "TRUE" });
  assertEquals(run.commands.map(({ stdin }) => stdin), [SCRIPT]);
});

Deno.test("runInSandbox() refuses the plugin's own namespace", async () => {
  const options = { run: fakeRun(() => ({ status: 80 })), override: "" };
  const error = await assertRejects(
    () => runInSandbox(SCRIPT, NETNS, options),
    CniError,
  );
  assertEquals(error.code, 8);
});

Deno.test("runInSandbox() asks elsewhere where /proc does not tell", async () => {
  let tries = 0;
  const run = fakeRun(({ program }) => {
    if (program === "test") return { status: 1 };
    return { status: tries++ === 0 ? 83 : 0 };
  });
  await runInSandbox(SCRIPT, NETNS, { run, override: "" });
  assertEquals(run.commands.map(({ program }) => program), [
    "sh",
    "test",
    "sh",
  ]);
  assertEquals(run.commands.at(-1)?.stdin, SCRIPT);
});

Deno.test("runInSandbox() tells a sandbox that is gone from a failed script", async () => {
  const gone = fakeRun(() => ({ status: 1 }));
  const options = { run: gone, override: "" };
  assertEquals(await runInSandbox(SCRIPT, NETNS, options), undefined);
  assertEquals(await runInSandbox(SCRIPT, "/run/a b", options), undefined);
  const error = await assertRejects(
    () => mustRunInSandbox(SCRIPT, NETNS, options),
    CniError,
  );
  assertEquals(error.code, 8);
  const there = fakeRun(({ program, args }) => {
    if (program === "ip") return { stdout: "[]\n" };
    if (program === "test") return { status: args.includes("-ef") ? 1 : 0 };
    return { status: 7, stderr: "why\n" };
  });
  const output = await mustRunInSandbox(SCRIPT, NETNS, {
    run: there,
    override: "",
  });
  assertEquals(output, { status: 7, stdout: "", stderr: "why\n" });
});
