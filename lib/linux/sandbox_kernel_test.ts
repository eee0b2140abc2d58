import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { must, namespaceTest, withNamespace } from "./_testing.ts";
import { runCommand } from "./command.ts";
import { readLink } from "./read_link_linux.ts";
import { readSandbox } from "./sandbox_linux.ts";

namespaceTest(
  "readSandbox() takes any path of a namespace",
  async ({ run }) => {
    await withNamespace(async (sandbox) => {
      await must(sandbox.run, {
        program: "ip",
        args: ["link", "add", "name", "qbr", "type", "bridge"],
      });
      const process = new Deno.Command("nsenter", {
        args: [`--net=${sandbox.netns}`, "--", "sleep", "60"],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const link = await Deno.makeTempFile();
      try {
        await Deno.remove(link);
        await Deno.symlink(sandbox.netns, link);
        const byProcess = `/proc/${process.pid}/ns/net`;
        await untilIn(sandbox.netns, byProcess);
        for (const path of [sandbox.netns, byProcess, link]) {
          const { links } = await readSandbox(path, { run, override: "" });
          assertEquals(links?.map(({ name }) => name), ["lo", "qbr"], path);
        }
      } finally {
        process.kill("SIGKILL");
        await process.status;
        await Deno.remove(link);
      }
    });
  },
);

/** Waits for `nsenter`, just started, to enter the namespace. */
async function untilIn(netns: string, path: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const args = ["-c", '[ "$1" -ef "$2" ]', "sh", netns, path];
    const { status } = await runCommand({ program: "sh", args });
    if (status === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${path} never became ${netns}`);
}

namespaceTest(
  "readSandbox() tells what is no network namespace",
  async ({ run }, t) => {
    const file = await Deno.makeTempFile();
    try {
      const cases = {
        "nothing": "/run/netns/unit-no-such-namespace",
        "a plain file": file,
        "a folder": "/run",
        "a namespace of another kind": "/proc/self/ns/uts",
        "a process that is gone": "/proc/4194305/ns/net",
      };
      for (const [why, path] of Object.entries(cases)) {
        await t.step(why, async () => {
          const sandbox = await readSandbox(path, { run, override: "" });
          assertEquals([sandbox.links, "fault" in sandbox], [undefined, true]);
        });
      }
    } finally {
      await Deno.remove(file);
    }
  },
);

namespaceTest(
  "readSandbox() refuses its own namespace, unless allowed",
  async ({ run, netns }) => {
    const paths = [netns, "/proc/self/ns/net"];
    for (const path of paths) {
      const act = () => readSandbox(path, { run, override: "0" });
      const error = await assertRejects(act, CniError);
      assertEquals(error.code, CniCode.InvalidNetns);
      const { links } = await readSandbox(path, { run, override: "1" });
      assertEquals(links?.map(({ name }) => name), ["lo"]);
    }
  },
);

namespaceTest("readLink() reads links of both places", async ({ run }) => {
  await withNamespace(async ({ netns }) => {
    const line = "link add name qve address 02:00:00:00:00:01 type veth " +
      `peer name qeth netns ${netns}`;
    await must(run, { program: "ip", args: line.split(" ") });
    const outside = await readLink("qve", { run });
    const inside = await readLink("qeth", { run, netns });
    assertEquals(
      [outside?.kind, outside?.mac, outside?.peerIndex],
      ["veth", "02:00:00:00:00:01", inside?.index],
    );
    assertEquals(inside?.peerIndex, outside?.index);
    assertEquals(await readLink("qeth", { run }), undefined);
    assertEquals(await readLink("qnone", { run, netns }), undefined);
  });
});
