import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { fakeRun } from "./_testing.ts";
import type { Output } from "./command.ts";
import { readSandbox, requireSandbox } from "./sandbox_linux.ts";

const NETNS = "/run/netns/a";

/** Reads the sandbox where the command ends so. */
function read(output: Partial<Output>, override = "") {
  return readSandbox(NETNS, { run: fakeRun(() => output), override });
}

Deno.test("readSandbox() runs one shell and passes the path as a word", async () => {
  const run = fakeRun(() => ({ stdout: "[]" }));
  await readSandbox(NETNS, { run, override: "" });
  const [command] = run.commands;
  assertEquals(run.commands.length, 1);
  assertEquals([command?.program, command?.args[0]], ["sh", "-c"]);
  assertEquals(command?.args[1]?.includes(NETNS), false);
  assertEquals(command?.args.slice(2), ["sh", NETNS, "0"]);
});

Deno.test("readSandbox() finds no namespace at a path that is no plain word", async () => {
  const run = fakeRun();
  for (const path of ["", "/run/netns/a b", "/x\n", `/"; rm -rf /; $(x)'`]) {
    const { fault } = await readSandbox(path, { run, override: "" }) as {
      fault: string;
    };
    assertEquals(fault, "it has white space, quotes or special characters");
  }
  assertEquals(run.commands, []);
});

Deno.test("readSandbox() reads the links of the namespace", async () => {
  const stdout = '[{"ifname":"lo"},{"ifname":"eth0"}]\n';
  const { links } = await read({ stdout });
  assertEquals(links?.map((link) => link.name), ["lo", "eth0"]);
});

Deno.test("readSandbox() tells why there is no namespace", async () => {
  const stderr = "nsenter: reassociate to namespace 'ns/net' failed: " +
    "Invalid argument\n";
  const sandboxes = [
    await read({ status: 81 }),
    await read({ status: 1, stderr }),
    await read({ status: 137 }),
  ];
  assertEquals(sandboxes, [
    { fault: "there is no such file" },
    { fault: stderr.trim() },
    { fault: "exit status 137" },
  ]);
});

Deno.test("readSandbox() refuses the plugin's own namespace", async () => {
  const error = await assertRejects(() => read({ status: 82 }), CniError);
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
  const values = ["", "0", "false", "yes", "1", "true", "TRUE", "11"];
  const run = fakeRun(() => ({ stdout: "[]" }));
  for (const override of values) await readSandbox(NETNS, { run, override });
  const flags = run.commands.map((command) => command.args.at(-1));
  assertEquals(flags, ["0", "0", "0", "0", "1", "1", "1", "0"]);
});

Deno.test("requireSandbox() needs a namespace", async () => {
  const run = fakeRun(() => ({ stdout: '[{"ifname":"lo"}]' }));
  const links = await requireSandbox(NETNS, { run, override: "" });
  assertEquals(links.map((link) => link.name), ["lo"]);
  for (const status of [1, 81, 82]) {
    const options = { run: fakeRun(() => ({ status })), override: "" };
    const act = () => requireSandbox(NETNS, options);
    const error = await assertRejects(act, CniError, "");
    assertEquals(error.code, CniCode.InvalidNetns);
    assertEquals(error.details.includes('CNI_NETNS is "/run/netns/a"'), true);
  }
});
