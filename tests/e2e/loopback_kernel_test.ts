import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import {
  BIN,
  callPlugin,
  type Host,
  kernelTest,
  linkIn,
  must,
  mustCall,
  mustFail,
  type Netns,
  netnsStateOf,
  REFERENCE_BIN,
  stateOf,
} from "./_harness.ts";

const CONFIG = { cniVersion: "1.0.0", name: "lo-net", type: "loopback" };

kernelTest("loopback: ADD sets lo up and tells its addresses", async (host) => {
  const sandbox = await host.addSandbox();
  const before = await stateOf(host);
  // CNI_IFNAME is eth0 here: it does not count.
  const call = { config: CONFIG, sandbox };
  const result = await mustCall(host, "loopback", call);
  assertEquals(result, {
    cniVersion: "1.0.0",
    interfaces: [
      { name: "lo", mac: "00:00:00:00:00:00", sandbox: sandbox.path },
    ],
    ips: [
      { address: "127.0.0.1/8", interface: 0 },
      { address: "::1/128", interface: 0 },
    ],
  });
  assert(await isUp(sandbox));
  await mustCall(host, "loopback", call);
  assertEquals(await stateOf(host), before);
});

kernelTest(
  "loopback: ADD as part of a chain returns prevResult",
  async (host) => {
    const sandbox = await host.addSandbox();
    const prevResult = {
      cniVersion: "1.0.0",
      interfaces: [{ name: "eth0", sandbox: sandbox.path }],
      ips: [{ address: "10.1.2.3/24", interface: 0 }],
      routes: [{ dst: "0.0.0.0/0", gw: "10.1.2.1" }],
      dns: { nameservers: ["10.0.0.9"] },
    };
    const call = { config: { ...CONFIG, prevResult }, sandbox };
    assertEquals(await mustCall(host, "loopback", call), prevResult);
    assert(await isUp(sandbox));
  },
);

kernelTest(
  "loopback: ADD refuses an address that is none of its own",
  async (host) => {
    const sandbox = await host.addSandbox();
    await sandbox.ip("addr add 10.9.9.9/32 dev lo");
    const call = { code: 999, config: CONFIG, sandbox };
    const { msg } = await mustFail(host, "loopback", call);
    assertStringIncludes(msg, "10.9.9.9");
  },
);

kernelTest(
  "loopback: DEL sets lo down, and may come twice",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const del = { command: "DEL", config: CONFIG, sandbox };
    await mustCall(host, "loopback", { config: CONFIG, sandbox });
    await mustCall(host, "loopback", del);
    assertEquals(await isUp(sandbox), false);
    await mustCall(host, "loopback", del);
    const plain = `${host.scratchDir}/plain`;
    await Deno.writeTextFile(plain, "");
    const gone = {
      "no namespace is given": "",
      "the namespace is gone": "/run/netns/cnitest-no-such",
      "a plain file is left": plain,
    };
    for (const [why, netns] of Object.entries(gone)) {
      await t.step(why, async () => {
        await mustCall(host, "loopback", { ...del, netns });
      });
    }
  },
);

kernelTest("loopback: CHECK tells whether lo is up", async (host) => {
  const sandbox = await host.addSandbox();
  const check = { command: "CHECK", config: CONFIG, sandbox };
  await mustFail(host, "loopback", { ...check, code: 999 });
  const add = { config: CONFIG, sandbox };
  const prevResult = await mustCall(host, "loopback", add);
  await mustCall(host, "loopback", check);
  const full = { ...check, config: { ...CONFIG, prevResult } };
  assertEquals(await mustCall(host, "loopback", full), undefined);
  await sandbox.ip("link set lo down");
  const { msg } = await mustFail(host, "loopback", { ...full, code: 999 });
  assertStringIncludes(msg, "lo");
});

kernelTest("loopback: CHECK looks for the addresses of lo", async (host) => {
  const sandbox = await host.addSandbox();
  const call = { config: CONFIG, sandbox };
  const prevResult = await mustCall(host, "loopback", call);
  const checkWith = (ips: readonly object[]) => ({
    command: "CHECK",
    config: {
      ...CONFIG,
      prevResult: {
        ...prevResult,
        interfaces: [...prevResult.interfaces, { name: "lo" }],
        ips,
      },
    },
    sandbox,
  });
  const other = { address: "127.9.9.9/8" };
  // Neither an address of another interface nor one of none is its own.
  const foreign = [{ ...other, interface: 1 }, other];
  await mustCall(host, "loopback", checkWith(foreign));
  const own = [{ ...other, interface: 0 }];
  const failing = { ...checkWith(own), code: 999 };
  const { details } = await mustFail(host, "loopback", failing);
  assertStringIncludes(details, "127.9.9.9/8");
});

kernelTest(
  "loopback: bad input is refused and changes nothing",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const call = { config: CONFIG, sandbox };
    const cases = {
      "no JSON": { ...call, code: 6, config: "{" },
      "no name": { ...call, code: 7, config: { ...CONFIG, name: "" } },
      "unknown version": {
        ...call,
        code: 1,
        config: { ...CONFIG, cniVersion: "7.0.0" },
      },
      "prevResult of another shape": {
        ...call,
        code: 7,
        config: { ...CONFIG, prevResult: { cniVersion: "1.0.0", ips: 1 } },
      },
      "ifname too long": { ...call, code: 4, ifname: "a123456789012345" },
      "no such namespace": {
        ...call,
        code: 8,
        netns: "/run/netns/cnitest-none",
      },
      "own namespace": { ...call, code: 8, netns: host.path },
      "a plain file": { ...call, code: 8, netns: "/etc/hostname" },
    };
    const before = await netnsStateOf(sandbox);
    for (const [why, bad] of Object.entries(cases)) {
      await t.step(why, async () => {
        await mustFail(host, "loopback", bad);
        assertEquals(await netnsStateOf(sandbox), before);
      });
    }
  },
);

kernelTest("loopback: any path of a namespace will do", async (host) => {
  const sandbox = await host.addSandbox();
  const bind = `${host.scratchDir}/bound`;
  await Deno.writeTextFile(bind, "");
  await must(["mount", "--bind", sandbox.path, bind]);
  host.defer(() => must(["umount", bind]));
  const call = { config: CONFIG, sandbox, netns: bind };
  const { interfaces } = await mustCall(host, "loopback", call);
  assertEquals(interfaces[0].sandbox, bind);
  assert(await isUp(sandbox));
}, { needs: ["mount", "umount"] });

kernelTest(
  "loopback: the result has the shape of the version",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const ip = [{ address: "127.0.0.1/8" }, { address: "::1/128" }];
    const ips = ip.map((one) => ({ interface: 0, ...one }));
    const oldest = {
      ip4: { ip: "127.0.0.1/8" },
      ip6: { ip: "::1/128" },
      dns: {},
    };
    const interfaces = [
      { name: "lo", mac: "00:00:00:00:00:00", sandbox: sandbox.path },
    ];
    const versioned = {
      interfaces,
      ips: ips.map((one, index) => ({ version: ["4", "6"][index], ...one })),
      dns: {},
    };
    for (const cniVersion of SPEC_VERSIONS) {
      await t.step(cniVersion, async () => {
        const call = { config: { ...CONFIG, cniVersion }, sandbox };
        const result = JSON.parse(await printed(host, call));
        const shape = cniVersion < "0.3.0"
          ? oldest
          : cniVersion < "1.0.0"
          ? versioned
          : { interfaces, ips };
        assertEquals(result, { cniVersion, ...shape });
      });
    }
  },
);

// Older versions are left out: the reference prints the newest shape then.
kernelTest("loopback: tells what the reference tells", async (host) => {
  const sandbox = await host.addSandbox();
  const call = { config: CONFIG, sandbox };
  const ours = await printed(host, { ...call, bin: BIN });
  const theirs = await printed(host, { ...call, bin: REFERENCE_BIN });
  // Newer references leave an empty dns out.
  assertEquals({ ...JSON.parse(ours), dns: {} }, JSON.parse(theirs));
}, { needs: [`${REFERENCE_BIN}/loopback`] });

async function printed(
  host: Host,
  call: Parameters<typeof callPlugin>[2],
): Promise<string> {
  const { status, stdout, stderr } = await callPlugin(host, "loopback", call);
  assertEquals([status, stderr], [0, ""], stdout);
  await mustCall(host, "loopback", { ...call, command: "DEL" });
  return stdout;
}

async function isUp(netns: Netns): Promise<boolean> {
  return (await linkIn(netns, "lo")).flags.includes("UP");
}
