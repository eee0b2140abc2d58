import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { fakeRun } from "./_testing.ts";
import type { Output } from "./command.ts";
import {
  findSandbox,
  outsideSandbox,
  readSandbox,
  requireEntry,
  requireSandbox,
} from "./sandbox_linux.ts";

const NETNS = "/run/netns/a";

/** A run that finds these facts about the path, and this output of ip. */
function runWith(
  { isThere = true, isOwn = false, shown = {} }: {
    isThere?: boolean;
    isOwn?: boolean;
    shown?: Partial<Output>;
  },
) {
  return fakeRun(({ program, args }) => {
    if (program === "ip") return shown;
    const isTrue = args.includes("-ef") ? isOwn : isThere;
    return { status: isTrue ? 0 : 1 };
  });
}

const ODD_PATHS = ["/run/netns/a b", "/x\n", `/"; rm -rf /; $(x)'`];

Deno.test("findSandbox() reads a path of any characters", async () => {
  for (const path of ODD_PATHS) {
    const run = runWith({ shown: { stdout: '[{"ifname":"lo"}]' } });
    const links = await findSandbox(path, { run, override: "" });
    assertEquals(links?.map(({ name }) => name), ["lo"]);
    assertEquals(run.commands.map(({ args, netns = args[0] }) => netns), [
      ...[path, path],
    ]);
  }
});

Deno.test("requireSandbox() refuses a path that is no plain word", async () => {
  for (const path of ODD_PATHS) {
    const run = fakeRun();
    const error = await assertRejects(
      () => requireSandbox(path, { run, override: "" }),
      CniError,
    );
    assertEquals([error.code, run.commands], [CniCode.InvalidNetns, []]);
    const reason = "it has white space, quotes or special characters";
    assertEquals(error.details.includes(reason), true, error.details);
  }
});

Deno.test("outsideSandbox() quotes the path", async () => {
  const run = fakeRun();
  const guarded = outsideSandbox({ netns: "/a(b)'c", netnsOverride: "" }, run);
  await guarded({ program: "sh", args: ["-s"], stdin: "ip link\n" });
  assertEquals(run.commands.map(({ stdin }) => stdin), [
    `if [ '/a(b)'\\''c' -ef /proc/self/ns/net ]; then exit 1; fi\nip link\n`,
  ]);
});

Deno.test("readSandbox() reads the links of the namespace", async () => {
  const stdout = '[{"ifname":"lo"},{"ifname":"eth0"}]\n';
  const run = runWith({ shown: { stdout } });
  const { links } = await readSandbox(NETNS, { run, override: "" });
  assertEquals(links?.map((link) => link.name), ["lo", "eth0"]);
});

Deno.test("readSandbox() tells why there is no namespace", async () => {
  const stderr = "nsenter: reassociate to namespace 'ns/net' failed: " +
    "Invalid argument\n";
  const runs = [
    runWith({ isThere: false, shown: { status: 1, stderr: "nsenter: …\n" } }),
    runWith({ shown: { status: 1, stderr } }),
    runWith({ shown: { status: 137 } }),
  ];
  const sandboxes = await Promise.all(
    runs.map((run) => readSandbox(NETNS, { run, override: "" })),
  );
  assertEquals(sandboxes, [
    { fault: "there is no such file" },
    { fault: stderr.trim() },
    { fault: "exit status 137" },
  ]);
});

Deno.test("readSandbox() refuses the plugin's own namespace", async () => {
  const run = runWith({ isOwn: true, shown: { stdout: "[]" } });
  const act = () => readSandbox(NETNS, { run, override: "" });
  const error = await assertRejects(act, CniError);
  assertEquals(
    [error.code, error.message, error.details],
    [
      CniCode.InvalidNetns,
      "plugin's netns and netns from CNI_NETNS should not be the same",
      'CNI_NETNS is "/run/netns/a": ' +
      "pass the path of the container's own namespace",
    ],
  );
});

Deno.test("readSandbox() lets CNI_NETNS_OVERRIDE allow the plugin's own", async () => {
  const run = runWith({ isOwn: true, shown: { stdout: "[]" } });
  for (const override of ["1", "true", "TRUE"]) {
    assertEquals(await readSandbox(NETNS, { run, override }), { links: [] });
  }
  for (const override of ["", "0", "false", "yes", "11"]) {
    await assertRejects(() => readSandbox(NETNS, { run, override }), CniError);
  }
});

Deno.test("requireSandbox() needs a namespace", async () => {
  const shown = { stdout: '[{"ifname":"lo"}]' };
  const options = { run: runWith({ shown }), override: "" };
  const links = await requireSandbox(NETNS, options);
  assertEquals(links.map((link) => link.name), ["lo"]);
  const runs = [
    runWith({ isThere: false, shown: { status: 1 } }),
    runWith({ isOwn: true }),
    runWith({ shown: { status: 1 } }),
  ];
  for (const run of runs) {
    const act = () => requireSandbox(NETNS, { run, override: "" });
    const error = await assertRejects(act, CniError);
    assertEquals(error.code, CniCode.InvalidNetns);
    assertEquals(error.details.includes('CNI_NETNS is "/run/netns/a"'), true);
  }
});

Deno.test("requireEntry() is content with a namespace that can be entered", async () => {
  const run = runWith({});
  await requireEntry(NETNS, { run, override: "" });
  assertEquals(run.commands.map(({ program }) => program), ["true", "test"]);
});

Deno.test("requireEntry() refuses the plugin's own namespace, and none", async () => {
  const own = runWith({ isOwn: true });
  const none = fakeRun(() => ({ status: 1, stderr: "nsenter: …\n" }));
  for (const run of [own, none]) {
    const error = await assertRejects(
      () => requireEntry(NETNS, { run, override: "" }),
      CniError,
    );
    assertEquals(error.code, CniCode.InvalidNetns);
  }
});

Deno.test("outsideSandbox() guards scripts, and nothing else", async () => {
  const run = fakeRun();
  const request = { netns: NETNS, netnsOverride: "" };
  const guarded = outsideSandbox(request, run);
  await guarded({ program: "sh", args: ["-s"], stdin: "ip link\n" });
  await guarded({ program: "ip", args: ["-batch", "-"], stdin: "link show\n" });
  assertEquals(run.commands.map(({ stdin }) => stdin), [
    `if [ ${NETNS} -ef /proc/self/ns/net ]; then exit 1; fi\nip link\n`,
    "link show\n",
  ]);
});

Deno.test("outsideSandbox() has no guard where CNI_NETNS_OVERRIDE allows it", () => {
  const run = fakeRun();
  const request = { netns: NETNS, netnsOverride: "true" };
  assertEquals(outsideSandbox(request, run), run);
});
