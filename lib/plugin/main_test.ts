import { assertEquals } from "@std/assert";
import { CniError } from "../spec/mod.ts";
import {
  fakeContext,
  fakePlugin,
  type FakeProcess,
  fakeProcess,
} from "./_testing.ts";
import { runPlugin } from "./main.ts";
import type { Process } from "./process.ts";

/** Runs a fake plugin in `process` and returns the exit status. */
function run(process: Process, plugin = fakePlugin()): Promise<number> {
  const context = fakeContext();
  return runPlugin(plugin, { process, context, programVersion: "1.2.3" });
}

const VARIABLES = {
  CNI_COMMAND: "ADD",
  CNI_CONTAINERID: "c1",
  CNI_NETNS: "/run/netns/n1",
  CNI_IFNAME: "eth0",
  CNI_PATH: "/opt/cni/bin",
};

const UNREADABLE = () => Promise.reject(new Error("Bad file descriptor"));

Deno.test("runPlugin() introduces the plugin to a person who starts it", async () => {
  const plugin = fakePlugin({ versions: ["1.0.0"] });
  // Other variables make no difference, and stdin stays untouched.
  const environments = [
    {},
    { CNI_COMMAND: "", CNI_PATH: "x", CNI_IFNAME: "a/b" },
  ];
  for (const variables of environments) {
    const process = fakeProcess(variables, UNREADABLE);
    assertEquals(await run(process, plugin), 0);
    assertEquals(process.output, {
      stdout: "",
      stderr:
        "CNI fake plugin v1.2.3\nCNI protocol versions supported: 1.0.0\n",
    });
  }
});

Deno.test("runPlugin() writes the result and ends with 0", async () => {
  const stdin = '{"cniVersion":"0.4.0","name":"n1"}';
  const process = fakeProcess(VARIABLES, () => Promise.resolve(stdin));
  assertEquals(await run(process), 0);
  assertEquals(JSON.parse(process.output.stdout), {
    cniVersion: "0.4.0",
    ips: [{ version: "4", address: "10.0.0.2/24" }],
    dns: {},
  });
  assertEquals(process.output.stderr, "");
});

Deno.test("runPlugin() writes the error object and ends with 1", async () => {
  const variables = { ...VARIABLES, CNI_IFNAME: "a/b" };
  const process = fakeProcess(variables, UNREADABLE);
  assertEquals(await run(process), 1);
  assertEquals(JSON.parse(process.output.stdout).code, 4);
  assertEquals(process.output.stderr, "");
});

Deno.test("runPlugin() calls a stdin that cannot be read an I/O failure", async () => {
  const broken = [
    UNREADABLE,
    () => {
      throw new Error("Bad file descriptor");
    },
  ];
  for (const readStdin of broken) {
    const process = fakeProcess(VARIABLES, readStdin);
    assertEquals(await run(process), 1);
    const { code, msg } = JSON.parse(process.output.stdout);
    assertEquals(
      [code, msg],
      [5, "error reading from stdin: Bad file descriptor"],
    );
  }
});

Deno.test("runPlugin() answers VERSION though stdin cannot be read", async () => {
  const process = fakeProcess({ CNI_COMMAND: "VERSION" }, UNREADABLE);
  assertEquals(await run(process), 0);
  assertEquals(process.output.stdout.endsWith("}\n"), true);
});

Deno.test("runPlugin() takes an ADD back whose result cannot be written", async (t) => {
  const stdin = '{"cniVersion":"1.0.0","name":"n1"}';
  const full = new Error("No space left on device (os error 28)");
  const unwritable = (variables: Record<string, string>): FakeProcess => ({
    ...fakeProcess(variables, () => Promise.resolve(stdin)),
    writeStdout: () => {
      throw full;
    },
  });
  const line = "Cannot write to stdout: No space left on device\n";
  await t.step("ADD", async () => {
    const process = unwritable(VARIABLES);
    const plugin = fakePlugin();
    assertEquals(await run(process, plugin), 1);
    const calls = plugin.requests.map(({ command, containerId, stdin }) => ({
      command,
      containerId,
      stdin,
    }));
    assertEquals(calls, [
      { command: "ADD", containerId: "c1", stdin },
      { command: "DEL", containerId: "c1", stdin },
    ]);
    assertEquals(process.output, { stdout: "", stderr: line });
  });
  await t.step("an ADD whose undoing fails", async () => {
    const process = unwritable(VARIABLES);
    const del = () => Promise.reject(new CniError(11, "Busy"));
    assertEquals(await run(process, fakePlugin({ del })), 1);
    const { stderr } = process.output;
    assertEquals(stderr, `${line}Cannot take the ADD back: Busy\n`);
  });
  await t.step("what has nothing to take back", async () => {
    const failing = fakePlugin({ add: () => Promise.reject(new Error("no")) });
    assertEquals(await run(unwritable(VARIABLES), failing), 1);
    assertEquals(failing.requests.length, 1);
    const process = unwritable({ CNI_COMMAND: "VERSION" });
    assertEquals(await run(process), 1);
    assertEquals(process.output.stderr, line);
  });
  await t.step("a DEL, which writes nothing", async () => {
    const process = unwritable({ ...VARIABLES, CNI_COMMAND: "DEL" });
    assertEquals(await run(process), 0);
  });
});
