import { assertEquals, assertRejects } from "@std/assert";
import { runChild } from "./child.ts";

/** Runs a script, and tells what does not depend on the clock. */
async function told(
  script: string,
  more: Partial<Parameters<typeof runChild>[0]> = {},
) {
  const words = ["sh", "-c", script];
  const { timeMs: _, ...rest } = await runChild({ words, ...more });
  return rest;
}

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "runChild() tells status and streams",
  ignore,
  fn: async () => {
    assertEquals(await told("cat; echo e >&2; exit 3", { stdin: "in" }), {
      ...{ status: 3, stdout: "in", stderr: "e\n", timedOut: false },
    });
    assertEquals((await told("kill -ABRT $$")).status, 134);
  },
});

Deno.test({
  name: "runChild() gives the variables that it is given, and no others",
  ignore,
  fn: async () => {
    const env = { PATH: "/usr/bin:/bin", CNI_IFNAME: "eth0" };
    const { stdout } = await told('echo "$CNI_IFNAME ${HOME-none}"', { env });
    assertEquals(stdout, "eth0 none\n");
  },
});

Deno.test({
  name: "runChild() does not mind a child that reads nothing",
  ignore,
  fn: async () => {
    const stdin = "x".repeat(1 << 20);
    assertEquals((await told("exit 0", { stdin })).status, 0);
  },
});

Deno.test({
  name: "runChild() ends what takes too long, with all that it started",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const file = `${folder}/pid`;
    const script = `sleep 600 & echo $! >${file}; echo out; wait`;
    const { status, stdout, timedOut } = await told(script, { limitMs: 300 });
    assertEquals([status, stdout, timedOut], [137, "out\n", true]);
    const pid = (await Deno.readTextFile(file)).trim();
    // In a container whose first process adopts no orphans it stays a zombie.
    const isZombie = `grep -qs "^State:.Z" /proc/${pid}/status`;
    const words = ["sh", "-c", `kill -0 ${pid} && ! ${isZombie}`];
    const deadline = Date.now() + 30_000;
    let isGone = false;
    while (!isGone && Date.now() < deadline) {
      isGone = (await runChild({ words })).status !== 0;
    }
    assertEquals(isGone, true);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "runChild() ends what leaves a process that holds its output",
  ignore,
  fn: async () => {
    const output = await told("sleep 600 & echo out", { limitMs: 300 });
    assertEquals([output.stdout, output.timedOut], ["out\n", true]);
  },
});

Deno.test({
  name: "runChild() ends what writes without an end",
  ignore,
  fn: async () => {
    const { timedOut, stdout } = await told("yes");
    assertEquals([timedOut, stdout.startsWith("y\ny\n")], [true, true]);
  },
});

Deno.test({
  name: "runChild() ends at once when it is aborted",
  ignore,
  fn: async () => {
    const abort = new AbortController();
    const run = told("sleep 600", { signal: abort.signal });
    abort.abort(new Error("enough"));
    await assertRejects(() => run, Error, "enough");
    const late = () => told("exit 0", { signal: abort.signal });
    await assertRejects(late, Error, "enough");
  },
});
