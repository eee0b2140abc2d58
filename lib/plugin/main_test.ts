import { assertEquals } from "@std/assert";
import { fakeContext, fakePlugin, fakeProcess } from "./_testing.ts";
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
