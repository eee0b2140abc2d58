import { assertEquals, assertRejects } from "@std/assert";
import { RequirementError } from "./requirements_linux.ts";
import { openStage } from "./stage_linux.ts";

const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
const PATH = Deno.env.get("PATH") ?? "";

function daemonTest(name: string, fn: () => Promise<void>): void {
  const title = isRoot ? name : `${name} [skipped: needs root on Linux]`;
  Deno.test({ name: title, ignore: !isRoot, fn });
}

/** Makes a stage with a script of `sh` as its daemon. */
function stageWith(script: string) {
  return openStage({
    subject: { name: "p", folder: "/f", versions: ["1.1.0"] },
    version: "1.1.0",
    path: PATH,
    env: { ANSWER: "42" },
    daemon: ["/bin/sh", "-c", script],
    callLimitMs: 20_000,
  });
}

daemonTest(
  "a stage's daemon has its host and variables, and ends with it",
  async () => {
    const script = `
      echo "$ANSWER $(readlink /proc/self/ns/net)" >/run/cni/said
      sleep 600 &
      echo $! >{scratch}/pid
      echo ready
      wait`;
    const { pid, scratch } = await (async () => {
      await using open = await stageWith(script);
      const { host, scratchDir } = open.stage;
      const words = [
        "sh",
        "-c",
        "cat /run/cni/said; readlink /proc/self/ns/net",
      ];
      const { stdout } = await host.run(words);
      const [said, netns] = stdout.trim().split("\n");
      assertEquals(said, `42 ${netns}`);
      const pid = await Deno.readTextFile(`${scratchDir}/pid`);
      return { pid: pid.trim(), scratch: scratchDir };
    })();
    const state = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
    // Where no one adopts orphans it stays a zombie.
    assertEquals(/^(\d+ \(sleep\) Z .*)?$/s.test(state), true, state);
    await assertRejects(() => Deno.stat(scratch), Deno.errors.NotFound);
  },
);

daemonTest("a daemon that does not start is told with its words", async () => {
  await assertRejects(
    () => stageWith("printf 'no socket' >&2; exit 3"),
    RequirementError,
    "The daemon does not start: no socket",
  );
});

daemonTest("a daemon that ends by itself breaks its case", async () => {
  const script = "echo Error: no socket >&2";
  await assertRejects(
    async () => {
      await using open = await stageWith(script);
      await open.stage.host.run(["sleep", "0.5"]);
    },
    RequirementError,
    "The daemon has ended by itself: Error: no socket",
  );
});
