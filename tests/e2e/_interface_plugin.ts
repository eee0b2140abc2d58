import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import { createFaults } from "./_faults.ts";
import { seesInterface } from "./_foreign_ipam.ts";
import type { Host, Sandbox } from "./_host.ts";
import { kernelTest } from "./_kernel_test.ts";
import { linkNamesIn } from "./_network.ts";
import {
  type Any,
  callPlugin,
  fakePlugin,
  mustCall,
  mustFail,
} from "./_plugin.ts";
import { must } from "./_run.ts";
import { createTool } from "./_tool.ts";
import { attachmentsOf, netnsStateOf, stateOf } from "./_state.ts";

/** An attachment that a test has made. */
export interface Attached {
  readonly sandbox: Sandbox;
  readonly config: object;
  readonly result: Any;
}

/** What is done behind the plugin's back, and what CHECK must name. */
export interface Tampering {
  readonly act: (attached: Attached, host: Host) => Promise<unknown>;
  readonly names: readonly string[];
}

/** A plugin that makes an interface in the container, as tests know it. */
export interface InterfacePlugin {
  readonly name: string;
  /** What is special about it, for the titles of its tests. */
  readonly variant?: string;
  /** Programs that its tests need. */
  readonly needs: readonly string[];
  /** Makes on the host what the plugin does not make itself. */
  readonly prepare?: (host: Host) => Promise<unknown>;
  /** A configuration that has it do all it can at once, with keys over it. */
  readonly config: (
    host: Host,
    keys?: Readonly<Record<string, unknown>>,
  ) => Record<string, unknown>;
  readonly tamperings: Readonly<Record<string, Tampering>>;
  /** Keys whose values are wrong, and that DEL need not read. */
  readonly broken: Readonly<Record<string, unknown>>;
}

/**
 * Registers the tests that every plugin which makes an interface and has an
 * IPAM plugin must pass, from ADD that fails to the outcome of GC.
 */
export function interfaceTests(plugin: InterfacePlugin): void {
  testVersions(plugin);
  faultTests(plugin);
  testDel(plugin);
  testCheck(plugin);
  testIpamCalls(plugin);
  testStatus(plugin);
  testRefusals(plugin);
  testPlan(plugin);
}

/** Registers those of the tests that are about faults, for a variant. */
export function faultTests(plugin: InterfacePlugin): void {
  testFailingAdd(plugin);
  testFailingDel(plugin);
  testGoneNamespace(plugin);
}

/**
 * Makes a container without duplicate address detection, which would take a
 * second or two of each ADD.
 */
export async function addQuietSandbox(host: Host): Promise<Sandbox> {
  const sandbox = await host.addSandbox();
  const file = "/proc/sys/net/ipv6/conf/default/accept_dad";
  await sandbox.must(["sh", "-c", `echo 0 >${file}`]);
  return sandbox;
}

/** Attaches a new container. */
export async function attach(
  plugin: InterfacePlugin,
  host: Host,
  keys: Readonly<Record<string, unknown>> = {},
): Promise<Attached> {
  const sandbox = await addQuietSandbox(host);
  const config = plugin.config(host, keys);
  const result = await mustCall(host, plugin.name, { config, sandbox });
  return { sandbox, config, result };
}

function test(
  plugin: InterfacePlugin,
  title: string,
  body: (host: Host, t: Deno.TestContext) => Promise<void>,
): void {
  const { name, variant, needs, prepare } = plugin;
  const suffix = variant === undefined ? "" : `: ${variant}`;
  kernelTest(`${name}: ${title}${suffix}`, async (host, t) => {
    await prepare?.(host);
    await body(host, t);
  }, { needs });
}

function testVersions(plugin: InterfacePlugin): void {
  test(
    plugin,
    "every version, within the process and by exec, has a whole life",
    async (host, t) => {
      const { name } = plugin;
      const before = await attachmentsOf(host);
      for (const cniVersion of SPEC_VERSIONS) {
        for (const env of [{}, { CNI_FORCE_EXEC: "1" }]) {
          await t.step(`${cniVersion} ${JSON.stringify(env)}`, async () => {
            const sandbox = await addQuietSandbox(host);
            const config = plugin.config(host, { cniVersion });
            const call = { config, sandbox, env };
            const prevResult = await mustCall(host, name, call);
            assertEquals(prevResult.cniVersion, cniVersion);
            if (cniVersion >= "0.4.0") {
              const check = { ...config, prevResult };
              const full = { ...call, command: "CHECK", config: check };
              assertEquals(await mustCall(host, name, full), undefined);
            }
            await mustCall(host, name, { ...call, command: "DEL" });
            assertEquals(await linkNamesIn(sandbox), ["lo"]);
            assertEquals(await attachmentsOf(host), before);
          });
        }
      }
    },
  );
}

function testFailingAdd(plugin: InterfacePlugin): void {
  const { name } = plugin;
  test(plugin, "ADD that fails at any step leaves nothing", async (host) => {
    const config = plugin.config(host);
    const del = async (sandbox: Sandbox) =>
      void await mustCall(host, name, { command: "DEL", config, sandbox });
    const faults = createFaults(host);
    const env = { PATH: faults.path };
    faults.arm(0);
    const sandbox = await addQuietSandbox(host);
    await mustCall(host, name, { config, sandbox, env });
    const steps = faults.count();
    await del(sandbox);
    const before = await withoutNotes(host);
    assert(steps >= 5, `${steps} steps`);
    for (let step = 1; step <= steps; step++) {
      faults.arm(step);
      const call = { config, sandbox, env };
      const { status, stdout } = await callPlugin(host, name, call);
      const fault = `step ${step}: ${faults.failed()}\n${stdout}`;
      // It may also have found its way around the fault.
      if (status === 0) await del(sandbox);
      else assertEquals(typeof JSON.parse(stdout).code, "number", fault);
      assertEquals(await linkNamesIn(sandbox), ["lo"], fault);
      assertEquals(await withoutNotes(host), before, fault);
    }
  });
}

function testFailingDel(plugin: InterfacePlugin): void {
  const { name } = plugin;
  test(
    plugin,
    "DEL that fails at any step is mended by another DEL",
    async (host) => {
      const config = plugin.config(host);
      const del = { command: "DEL", config };
      const before = await attachmentsOf(host);
      const faults = createFaults(host);
      const env = { PATH: faults.path };
      const add = async () => (await attach(plugin, host)).sandbox;
      faults.arm(0);
      await mustCall(host, name, { ...del, sandbox: await add(), env });
      const steps = faults.count();
      assert(steps >= 2, `${steps} steps`);
      for (let step = 1; step <= steps; step++) {
        const sandbox = await add();
        faults.arm(step);
        const call = { ...del, sandbox, env };
        const { status, stdout } = await callPlugin(host, name, call);
        const fault = `step ${step}: ${faults.failed()}\n${stdout}`;
        if (status !== 0) await mustCall(host, name, { ...del, sandbox });
        assertEquals(await linkNamesIn(sandbox), ["lo"], fault);
        assertEquals(await attachmentsOf(host), before, fault);
      }
    },
  );
}

function testDel(plugin: InterfacePlugin): void {
  const { name } = plugin;
  test(
    plugin,
    "DEL may come twice, and for what never was",
    async (host) => {
      const before = await attachmentsOf(host);
      const { sandbox, config } = await attach(plugin, host);
      const del = { command: "DEL", config, sandbox };
      const other = await addQuietSandbox(host);
      assertEquals(await mustCall(host, name, del), undefined);
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
      assertEquals(await attachmentsOf(host), before);
      await mustCall(host, name, del);
      await mustCall(host, name, { ...del, sandbox: other });
      await mustCall(host, name, { ...del, ifname: "eth7" });
      assertEquals(await attachmentsOf(host), before);
    },
  );
  test(
    plugin,
    "DEL cleans up whatever else is wrong with the configuration",
    async (host) => {
      const before = await attachmentsOf(host);
      const { sandbox, config } = await attach(plugin, host);
      const broken = { ...config, ...plugin.broken };
      await mustCall(host, name, { command: "DEL", config: broken, sandbox });
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
      assertEquals(await attachmentsOf(host), before);
    },
  );
  test(
    plugin,
    "DEL of its own namespace is refused and touches nothing",
    async (host) => {
      await host.ip("link add eth0 type veth peer name eth1");
      const config = plugin.config(host);
      const before = await stateOf(host);
      const call = { code: 8, command: "DEL", config, netns: host.path };
      await mustFail(host, name, call);
      assertEquals(await stateOf(host), before);
    },
  );
}

function testGoneNamespace(plugin: InterfacePlugin): void {
  const { name } = plugin;
  test(
    plugin,
    "DEL removes all though the namespace is gone",
    async (host, t) => {
      const before = await withoutLinks(host);
      const steps: Record<string, (sandbox: Sandbox) => Promise<object>> = {
        "and its path": async ({ path }) => {
          await must(["ip", "netns", "del", path.split("/").at(-1)!]);
          return {};
        },
        "and a plain file is left": async ({ path }) => {
          await must(["umount", path]);
          return {};
        },
        "and nobody says where it was": () => Promise.resolve({ netns: "" }),
      };
      for (const [why, end] of Object.entries(steps)) {
        await t.step(why, async () => {
          const { sandbox, config } = await attach(plugin, host);
          const call = { command: "DEL", config, sandbox };
          await mustCall(host, name, { ...call, ...await end(sandbox) });
          assertEquals(await withoutLinks(host), before);
        });
      }
    },
  );
}

function testCheck(plugin: InterfacePlugin): void {
  const { name, tamperings } = plugin;
  test(plugin, "CHECK changes nothing", async (host) => {
    const { sandbox, config, result } = await attach(plugin, host);
    const before = await stateOf(host);
    const check = { ...config, prevResult: result };
    await mustCall(host, name, { command: "CHECK", config: check, sandbox });
    assertEquals(await stateOf(host), before);
  });
  test(plugin, "CHECK finds what was changed since ADD", async (host, t) => {
    for (const [why, { act, names }] of Object.entries(tamperings)) {
      await t.step(why, async () => {
        const attached = await attach(plugin, host);
        const { sandbox, config, result } = attached;
        await act(attached, host);
        const check = { ...config, prevResult: result };
        const call = { command: "CHECK", config: check, sandbox };
        const error = await mustFail(host, name, { code: 999, ...call });
        const text = `${error.msg}; ${error.details}`;
        for (const part of names) assertStringIncludes(text, part);
        await mustCall(host, name, { command: "DEL", config, sandbox });
      });
    }
  });
  test(plugin, "CHECK without what it needs is refused", async (host, t) => {
    const { sandbox, config, result } = await attach(plugin, host);
    const call = { command: "CHECK", sandbox };
    await t.step("prevResult", async () => {
      await mustFail(host, name, { ...call, code: 7, config });
    });
    await t.step("a version that has CHECK", async () => {
      const old = { ...config, cniVersion: "0.3.1", prevResult: result };
      await mustFail(host, name, { ...call, code: 1, config: old });
    });
    await t.step("a namespace", async () => {
      const netns = "/run/netns/cnitest-no-such";
      const full = { ...config, prevResult: result };
      await mustFail(host, name, { ...call, code: 8, config: full, netns });
    });
  });
}

function testIpamCalls(plugin: InterfacePlugin): void {
  const { name } = plugin;
  const logging = (host: Host, script: string) =>
    fakePlugin(
      host,
      "log-ipam",
      `echo "$CNI_COMMAND" >>'${host.scratchDir}/log'\n` +
        `[ $CNI_COMMAND != ADD ] || ${script}`,
    );
  const logOf = async (host: Host) => {
    const file = `${host.scratchDir}/log`;
    const text = await Deno.readTextFile(file);
    await Deno.remove(file);
    return text.trim().split("\n");
  };
  const ipam = { type: "log-ipam" };
  test(plugin, "every command reaches the IPAM plugin", async (host) => {
    const sandbox = await addQuietSandbox(host);
    const path = await logging(host, `echo '${JSON.stringify(IPAM_RESULT)}'`);
    const config = plugin.config(host, { cniVersion: "1.1.0", ipam });
    const call = { config, sandbox, path };
    const prevResult = await mustCall(host, name, call);
    const check = { ...config, prevResult };
    await mustCall(host, name, { ...call, command: "CHECK", config: check });
    for (const command of ["STATUS", "GC", "DEL"]) {
      const keys = {
        ...config,
        "cni.dev/valid-attachments": [
          { containerID: sandbox.containerId, ifname: "eth0" },
        ],
      };
      await mustCall(host, name, { ...call, command, config: keys });
    }
    const commands = ["ADD", "CHECK", "STATUS", "GC", "DEL"];
    assertEquals(await logOf(host), commands);
  });
  test(
    plugin,
    "an IPAM plugin that is not ours finds the interface, up",
    async (host) => {
      const sandbox = await addQuietSandbox(host);
      const configWith = (ipam: object) => plugin.config(host, { ipam });
      await seesInterface(host, sandbox, configWith);
    },
  );
  test(
    plugin,
    "ADD with an IPAM plugin that lets it down leaves nothing",
    async (host, t) => {
      const sandbox = await addQuietSandbox(host);
      const before = await withoutNotes(host);
      for (const [why, [script, last]] of Object.entries(BAD_IPAM)) {
        await t.step(why, async () => {
          const path = await logging(host, script);
          const config = plugin.config(host, { ipam });
          const call = { config, sandbox, path };
          const { status, stdout } = await callPlugin(host, name, call);
          assertEquals(status, 1, stdout);
          assertEquals(typeof JSON.parse(stdout).code, "number");
          assertEquals((await logOf(host)).at(-1), last);
          assertEquals(await linkNamesIn(sandbox), ["lo"]);
          assertEquals(await withoutNotes(host), before);
        });
      }
    },
  );
}

const IPAM_RESULT = {
  cniVersion: "1.0.0",
  ips: [{ address: "10.213.0.7/24", gateway: "10.213.0.1" }],
};

/** What an IPAM plugin does at ADD, and the last command that it must get. */
const BAD_IPAM: Readonly<Record<string, readonly [string, string]>> = {
  "no addresses": [`echo '{"cniVersion": "1.0.0", "ips": []}'`, "DEL"],
  "no JSON": ["echo hello", "DEL"],
  "an address that is none": [
    `echo '{"cniVersion": "1.0.0", "ips": [{"address": "10.0.0.2"}]}'`,
    "DEL",
  ],
  "a route that cannot be": [
    `echo '${
      JSON.stringify({
        ...IPAM_RESULT,
        routes: [{ dst: "10.1.0.0/16", gw: "172.31.0.1" }],
      })
    }'`,
    "DEL",
  ],
  "failure without a word": ["exit 3", "ADD"],
};

function testStatus(plugin: InterfacePlugin): void {
  const { name } = plugin;
  test(
    plugin,
    "STATUS is silent where an ADD could be served",
    async (host, t) => {
      const config = plugin.config(host, { cniVersion: "1.1.0" });
      const call = { command: "STATUS", config };
      const before = await stateOf(host);
      await t.step("all is there", async () => {
        assertEquals(await mustCall(host, name, call), undefined);
      });
      await t.step("the configuration is wrong", async () => {
        const wrong = { ...config, ...plugin.broken };
        await mustFail(host, name, { ...call, code: 7, config: wrong });
      });
      await t.step("the IPAM plugin is missing", async () => {
        const wrong = { ...config, ipam: { type: "no-such-ipam" } };
        await mustFail(host, name, { ...call, code: 7, config: wrong });
      });
      assertEquals(await stateOf(host), before);
    },
  );
}

function testRefusals(plugin: InterfacePlugin): void {
  const { name } = plugin;
  test(plugin, "ADD that cannot be is refused at once", async (host, t) => {
    const config = plugin.config(host);
    const sandbox = await addQuietSandbox(host);
    const before = await stateOf(host);
    await t.step("the interface's name is taken", async () => {
      await sandbox.ip("link add eth0 type bridge");
      const error = await mustFail(host, name, { code: 999, config, sandbox });
      assertStringIncludes(error.msg, "eth0");
      assertEquals(await linkNamesIn(sandbox), ["lo", "eth0"]);
    });
    await t.step("its own namespace", async () => {
      await mustFail(host, name, { code: 8, config, netns: host.path });
    });
    await t.step("no namespace", async () => {
      const netns = "/run/netns/cnitest-no-such";
      await mustFail(host, name, { code: 8, config, netns });
    });
    for (const [key, value] of Object.entries(plugin.broken)) {
      await t.step(key, async () => {
        const wrong = { ...config, [key]: value };
        const other = await addQuietSandbox(host);
        const call = { code: 7, config: wrong, sandbox: other };
        const error = await mustFail(host, name, call);
        assertStringIncludes(`${error.msg}; ${error.details}`, key);
        assertEquals(await linkNamesIn(other), ["lo"]);
      });
    }
    assertEquals(await stateOf(host), before);
  });
}

function testPlan(plugin: InterfacePlugin): void {
  test(
    plugin,
    "plans tell what would be done, and change nothing",
    async (host) => {
      const tool = await createTool(host);
      const { name, cniVersion, ...keys } = plugin.config(host);
      const list = { name, cniVersion, plugins: [keys] };
      await tool.write("net.conflist", list);
      const sandbox = await addQuietSandbox(host);
      const words = [host.network, sandbox.path];
      const state = async () => [
        await stateOf(host),
        await netnsStateOf(sandbox),
      ];
      const plan = async (verb: string) => {
        const before = await state();
        const text = await tool.must([verb, "--plan", "--json", ...words]);
        assertEquals(await state(), before);
        return JSON.parse(text).networks[0];
      };
      const planned = await plan("add");
      await tool.must(["add", ...words]);
      const links = await linkNamesIn(sandbox);
      assertEquals(links, ["lo", "eth0"]);
      const parts = { add: "dev eth0", check: "route show", del: "link del" };
      for (const [verb, part] of Object.entries(parts)) {
        const { acts } = verb === "add" ? planned : await plan(verb);
        const commands = acts.map(({ command }: Any) => command ?? "").join();
        assertStringIncludes(commands, part);
      }
      await tool.must(["check", ...words]);
      await tool.must(["del", ...words]);
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
    },
  );
}

/** All but forwarding, which stays on, and the IPAM plugin's notes. */
async function withoutNotes(host: Host): Promise<object> {
  const { files } = await attachmentsOf(host);
  return { ...await netnsStateOf(host), files, forwarding: "" };
}

/** As `attachmentsOf`, without links: they go with a delay. */
async function withoutLinks(host: Host): Promise<object> {
  const { files, rules } = await attachmentsOf(host);
  return { files, rules };
}
