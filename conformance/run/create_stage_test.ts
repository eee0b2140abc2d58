import { assertEquals, assertRejects } from "@std/assert";
import { type CallRecord, type Profile, Violation } from "../suite/mod.ts";
import type { ChildCommand, ChildOutput } from "./child.ts";
import { createStage } from "./create_stage.ts";
import { placeholdersFor } from "./stage_names.ts";

const PROFILE: Profile = {
  plugin: "p",
  kind: "interface",
  config: { bridge: "{bridge}", mtu: 1400 },
  runtimeConfig: { ips: ["10.0.0.2/24"] },
  args: "A={ifname}",
  promises: [],
};

const FINE: ChildOutput = {
  ...{ status: 0, stdout: "", stderr: "", timedOut: false, timeMs: 1 },
};

/** A stage whose programs all end as `output` says. */
function stageOf(
  { profile = PROFILE, output = FINE }: {
    readonly profile?: Profile;
    readonly output?: ChildOutput;
  } = {},
) {
  const commands: ChildCommand[] = [];
  const calls: CallRecord[] = [];
  const run = (command: ChildCommand) => {
    commands.push(command);
    // Helpers work; it is the plugin that is to end so.
    const isPlugin = command.words[0]?.startsWith("/f/");
    return Promise.resolve(isPlugin ? output : FINE);
  };
  const stage = createStage({
    subject: { name: "p", folder: "/f", versions: ["1.1.0"], profile },
    version: "1.1.0",
    names: placeholdersFor("0a1b2c3d", "/run/cni/x", profile),
    path: "/bin",
    callLimitMs: 5,
    run,
    runIn: (_netns, command) => run(command),
    record: (call) => void calls.push(call),
    addPrevious: () => Promise.resolve({}),
  });
  return { stage, commands, calls };
}

Deno.test("config() has the profile's keys, and keys over them", () => {
  const { stage } = stageOf();
  assertEquals(stage.config(), {
    cniVersion: "1.1.0",
    name: "conformance-0a1b2c3d",
    type: "p",
    bridge: "cb0a1b2c3d",
    mtu: 1400,
    runtimeConfig: { ips: ["10.0.0.2/24"] },
  });
  const keys = { mtu: undefined, name: "{ifname}", runtimeConfig: undefined };
  assertEquals(stage.config(keys), {
    cniVersion: "1.1.0",
    name: "eth0",
    type: "p",
    bridge: "cb0a1b2c3d",
  });
});

Deno.test("call() gives what a runtime gives, and keeps the call", async () => {
  const { stage, commands, calls } = stageOf();
  const sandbox = await stage.addSandbox();
  commands.length = 0;
  await stage.call("ADD", sandbox);
  const [command] = commands;
  const env = {
    PATH: "/bin",
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: "conformance-0a1b2c3d-1",
    CNI_NETNS: "/run/netns/c1",
    CNI_IFNAME: "eth0",
    CNI_ARGS: "A=eth0",
    CNI_PATH: "/f",
  };
  const stdin = JSON.stringify(stage.config());
  assertEquals([command?.words, command?.env, command?.stdin], [
    ["/f/p"],
    env,
    stdin,
  ]);
  assertEquals(calls, [{ program: "/f/p", env, stdin, ...FINE }]);
});

Deno.test("call() leaves out and overrides variables", async () => {
  const { stage, calls } = stageOf();
  const sandbox = await stage.addSandbox();
  await stage.call("DEL", sandbox, {
    ...{ ifname: "x0", args: "B=1", path: "/p", plugin: "/f/other" },
    env: { CNI_NETNS: undefined, CNI_CONTAINERID: "" },
    stdin: new Uint8Array([0x7b, 0xff]),
  });
  await stage.call("STATUS", undefined, { stdin: "{}" });
  assertEquals(
    calls.map(({ program, env, stdin }) => [program, env, stdin.length]),
    [
      ["/f/other", {
        PATH: "/bin",
        CNI_COMMAND: "DEL",
        CNI_CONTAINERID: "",
        CNI_IFNAME: "x0",
        CNI_ARGS: "B=1",
        CNI_PATH: "/p",
      }, 2],
      ["/f/p", { PATH: "/bin", CNI_COMMAND: "STATUS", CNI_PATH: "/f" }, 2],
    ],
  );
});

Deno.test("mustCall() and mustFail() judge", async () => {
  const failing = { ...FINE, status: 1, stdout: '{"code":4,"msg":"no"}' };
  const { stage } = stageOf({ output: failing });
  await assertRejects(() => stage.mustCall("ADD", undefined), Violation, "no");
  assertEquals(await stage.mustFail("ADD", undefined), { code: 4, msg: "no" });
  const other = () => stage.mustFail("ADD", undefined, { codes: [6, 7] });
  await assertRejects(other, Violation, "expected 6 or 7");
});

Deno.test("ip() must succeed", async () => {
  const { stage } = stageOf();
  assertEquals(await stage.host.ip("link show"), "");
});
