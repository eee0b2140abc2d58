import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Any,
  attachmentsOf,
  bridgeConfig,
  callPlugin,
  createFaults,
  createTool,
  type Host,
  kernelTest,
  linkNamesIn,
  must,
  mustCall,
  mustFail,
  type Sandbox,
  stateOf,
} from "./_harness.ts";
import {
  addShaped,
  ifbsOf,
  type ShapedSandbox,
  shapingOf,
} from "./_shaping.ts";
import { forgetTrials } from "./_trials.ts";

const NEEDS = { needs: ["tc"] };

const INGRESS = { ingressRate: 8e6, ingressBurst: 8e5 };
const EGRESS = { egressRate: 4e6, egressBurst: 4e5 };
const BOTH = { ...INGRESS, ...EGRESS };

function configFor(
  { prevResult }: { readonly prevResult: Any },
  keys: object = BOTH,
): Any {
  const base = { cniVersion: "1.0.0", name: "bw-net", type: "bandwidth" };
  return { ...base, ...keys, prevResult };
}

/** Everything that limits may have left: the host's state and its shaping. */
async function allOf(host: Host): Promise<unknown> {
  return { ...await stateOf(host), shaping: await shapingOf(host) };
}

kernelTest("bandwidth: ADD limits each direction", async (host, t) => {
  const cases = {
    "ingress": [INGRESS, ["host"]],
    "egress": [EGRESS, ["host", "ifb"]],
    "both": [BOTH, ["host", "ifb"]],
    "of the runtime": [{ runtimeConfig: { bandwidth: BOTH } }, ["host", "ifb"]],
    "some subnets": [{ ...BOTH, shapedSubnets: ["10.0.0.0/8"] }, [
      ...["host", "ifb"],
    ]],
    "none": [{}, []],
    "none, over the runtime's": [
      { ingressRate: 0, runtimeConfig: { bandwidth: BOTH } },
      [],
    ],
  } as const;
  for (const [why, [keys, expected]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const sandbox = await addShaped(host);
      const before = await allOf(host);
      const { prevResult } = sandbox;
      const config = configFor(sandbox, keys);
      const result = await mustCall(host, "bandwidth", { config, sandbox });
      const shaped = Object.keys(await shapingOf(host))
        .map((name) => name === sandbox.hostName ? "host" : "ifb").sort();
      assertEquals<unknown>(shaped, expected);
      const ifb = result.interfaces[2];
      const { dns: _, ...rest } = prevResult;
      const interfaces = ifb === undefined
        ? prevResult.interfaces
        : [...prevResult.interfaces, ifb];
      assertEquals(result, { ...rest, interfaces });
      const ifbs = await ifbsOf(host);
      assertEquals(
        ifbs.map((link: Any) => [link.ifname, link.mtu, link.isUp]),
        ifb === undefined ? [] : [[ifb.name, 1500, true]],
      );
      const del = { command: "DEL", config, sandbox };
      await mustCall(host, "bandwidth", del);
      assertEquals(await allOf(host), before);
    });
  }
}, NEEDS);

kernelTest("bandwidth: every version, in both ways", async (host, t) => {
  const tool = await createTool(host);
  const { cniVersion: _, name: _name, ...bridge } = bridgeConfig(host);
  const limits = { type: "bandwidth", capabilities: { bandwidth: true } };
  const capabilities = JSON.stringify({ bandwidth: BOTH });
  const versions = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];
  for (const cniVersion of versions) {
    for (const force of ["", "1"]) {
      await t.step(`${cniVersion} ${force && "by exec"}`, async () => {
        const before = await attachmentsOf(host);
        const sandbox = await host.addSandbox();
        await tool.write("net.conflist", {
          cniVersion,
          name: host.network,
          plugins: [bridge, limits],
        });
        const env = { CNI_FORCE_EXEC: force, CAP_ARGS: capabilities };
        const words = [host.network, sandbox.path];
        const text = await tool.must(["add", "--json", ...words], { env });
        assertStringIncludes(text, '"bwp');
        assertEquals(Object.keys(await shapingOf(host)).length, 2);
        if (cniVersion >= "0.4.0") {
          await tool.must(["check", ...words], { env });
        }
        await tool.must(["del", ...words], { env });
        assertEquals(await attachmentsOf(host), before);
        assertEquals(await shapingOf(host), {});
      });
    }
  }
}, NEEDS);

kernelTest("bandwidth: a second ADD sets the limits anew", async (host) => {
  const sandbox = await addShaped(host);
  const before = await allOf(host);
  const first = configFor(sandbox);
  await mustCall(host, "bandwidth", { config: first, sandbox });
  const once = await shapingOf(host);
  await mustCall(host, "bandwidth", { config: first, sandbox });
  assertEquals(await shapingOf(host), once);
  const other = configFor(sandbox, { ...INGRESS, unshapedSubnets: ["::/0"] });
  await mustCall(host, "bandwidth", { config: other, sandbox });
  assertEquals(await ifbsOf(host), []);
  const check = { command: "CHECK", config: other, sandbox };
  await mustCall(host, "bandwidth", check);
  const del = { command: "DEL", config: other, sandbox };
  await mustCall(host, "bandwidth", del);
  assertEquals(await allOf(host), before);
}, NEEDS);

kernelTest(
  "bandwidth: what is not of the attachment stays",
  async (host, t) => {
    const refuse = async (
      sandbox: Sandbox,
      config: Any,
      words: readonly string[],
    ) => {
      const before = await allOf(host);
      const call = { code: 999, config, sandbox };
      const { details } = await mustFail(host, "bandwidth", call);
      for (const word of words) assertStringIncludes(details, word);
      assertEquals(await allOf(host), before);
    };
    await t.step("a root discipline", async () => {
      const sandbox = await addShaped(host);
      const { hostName } = sandbox;
      await host.must([
        "tc",
        ..."qdisc add dev".split(" "),
        hostName,
        "root",
        ..."handle 7: htb".split(" "),
      ]);
      await refuse(sandbox, configFor(sandbox), [hostName, "htb"]);
      const del = { command: "DEL", config: configFor(sandbox), sandbox };
      await mustCall(host, "bandwidth", del);
      assertEquals((await shapingOf(host))[hostName].qdiscs[0].handle, "7:");
    });
    await t.step("filters that lead elsewhere", async () => {
      const sandbox = await addShaped(host);
      const { hostName } = sandbox;
      await host.must(["tc", "qdisc", "add", "dev", hostName, "ingress"]);
      const filter = "parent ffff: u32 match u32 0 0 action mirred egress " +
        "redirect dev lo";
      await host.must([
        ...["tc", "filter", "add", "dev", hostName, ...filter.split(" ")],
      ]);
      await refuse(sandbox, configFor(sandbox), [hostName, "filters"]);
      const ingress = configFor(sandbox, INGRESS);
      await mustCall(host, "bandwidth", { config: ingress, sandbox });
      const del = { command: "DEL", config: ingress, sandbox };
      await mustCall(host, "bandwidth", del);
      const { qdiscs } = (await shapingOf(host))[hostName];
      assertEquals(qdiscs.map(({ kind }: Any) => kind), ["ingress"]);
    });
    await t.step("the link of the container's other interface", async () => {
      const sandbox = await addShaped(host);
      const config = configFor(sandbox);
      await mustCall(host, "bandwidth", { config, sandbox });
      await host.ip(
        `link add other type veth peer name eth1 netns ${sandbox.path}`,
      );
      const [, inside] = sandbox.prevResult.interfaces;
      const second = configFor({
        prevResult: {
          ...sandbox.prevResult,
          interfaces: [{ name: "other" }, { ...inside, name: "eth1" }],
        },
      });
      const before = await allOf(host);
      const call = { config: second, sandbox, ifname: "eth1" };
      const fail = { ...call, code: 999 };
      const { details } = await mustFail(host, "bandwidth", fail);
      assertStringIncludes(details, `${sandbox.containerId}/eth0`);
      await mustCall(host, "bandwidth", { ...call, command: "DEL" });
      assertEquals(await allOf(host), before);
    });
  },
  NEEDS,
);

kernelTest("bandwidth: bad input changes nothing", async (host, t) => {
  const sandbox = await addShaped(host);
  const { prevResult } = sandbox;
  const [outside, inside] = prevResult.interfaces;
  const config = configFor(sandbox);
  await sandbox.ip("link add br0 type bridge");
  const withInterfaces = (...interfaces: readonly Any[]) =>
    configFor({ prevResult: { ...prevResult, interfaces } });
  const cases: Record<string, Any> = {
    "a rate without a burst": { config: configFor(sandbox, { egressRate: 8 }) },
    "a burst as text": {
      config: { ...config, ingressBurst: "1M" },
      names: ["ingressBurst", '"1M"'],
    },
    "no prevResult": { config: { ...config, prevResult: undefined } },
    "no prevResult, and no limits": {
      config: configFor({ prevResult: undefined }, {}),
    },
    "no interfaces": { config: withInterfaces(), names: ["eth0", "none"] },
    "another pair's end": {
      config: withInterfaces({ name: "lo" }, inside),
      names: ["lo"],
    },
    "a name that is none": {
      config: withInterfaces({ name: "a\nb" }, inside),
      names: ["prevResult.interfaces[0].name"],
    },
    "an interface that is no pair": {
      config,
      ifname: "br0",
      names: ["bridge"],
    },
    "an interface that is not there": { config, ifname: "eth7", code: 999 },
    "no namespace": { config, netns: "/run/netns/cnitest-none", code: 8 },
    "own namespace": { config, netns: host.path, code: 8 },
    "an older version": { config: { ...config, cniVersion: "0.2.0" }, code: 1 },
  };
  const before = await allOf(host);
  assertEquals(outside.name, sandbox.hostName);
  for (const [why, { names = [], ...call }] of Object.entries(cases)) {
    await t.step(why, async () => {
      const fail = { code: 7, sandbox, ...call };
      const error = await mustFail(host, "bandwidth", fail);
      for (const name of names) assertStringIncludes(error.details, name);
      assertEquals(await allOf(host), before);
    });
  }
}, NEEDS);

kernelTest("bandwidth: a burst below a packet's size is told", async (host) => {
  const sandbox = await addShaped(host);
  const config = configFor(sandbox, { egressRate: 8000, egressBurst: 8000 });
  const { status, stderr } = await callPlugin(host, "bandwidth", {
    config,
    sandbox,
  });
  assertEquals(status, 0);
  assertStringIncludes(stderr, "egressBurst is 8000 bits");
}, NEEDS);

kernelTest(
  "bandwidth: ADD that fails at any step leaves nothing",
  async (host) => {
    const sandbox = await addShaped(host);
    const before = await allOf(host);
    const faults = createFaults(host);
    const env = { PATH: faults.path };
    for (const keys of [BOTH, { ...BOTH, unshapedSubnets: ["10.0.0.0/8"] }]) {
      const config = configFor(sandbox, keys);
      const call = { config, sandbox, env };
      const undo = () =>
        mustCall(host, "bandwidth", { command: "DEL", config, sandbox });
      faults.arm(0);
      await mustCall(host, "bandwidth", call);
      const steps = faults.count();
      await undo();
      for (let step = 1; step <= steps; step++) {
        faults.arm(step);
        const { status, stdout } = await callPlugin(host, "bandwidth", call);
        // What only asked may have been answered otherwise.
        if (status === 0) await undo();
        else assertEquals(typeof JSON.parse(stdout).code, "number", stdout);
        assertEquals(await allOf(host), before, faults.failed());
      }
    }
  },
  { needs: ["tc", "flock"] },
);

kernelTest(
  "bandwidth: DEL may come twice, and needs little",
  async (host, t) => {
    const cases: Record<string, (one: ShapedSandbox) => Any> = {
      "all is there": () => ({}),
      "no prevResult": (sandbox) => ({
        config: { ...configFor(sandbox), prevResult: undefined },
      }),
      "limits that are none": (sandbox) => ({
        config: configFor(sandbox, { ingressRate: "x", egressRate: -1 }),
      }),
      "no limits any more": (sandbox) => ({ config: configFor(sandbox, {}) }),
    };
    for (const [why, callFor] of Object.entries(cases)) {
      await t.step(why, async () => {
        const sandbox = await addShaped(host);
        const before = await allOf(host);
        const config = configFor(sandbox);
        await mustCall(host, "bandwidth", { config, sandbox });
        const del = { command: "DEL", config, sandbox, ...callFor(sandbox) };
        for (let count = 0; count < 2; count++) {
          assertEquals(await mustCall(host, "bandwidth", del), undefined);
          assertEquals(await allOf(host), before);
        }
      });
    }
    const gone: Record<string, (one: ShapedSandbox) => Promise<Any>> = {
      "the namespace is gone": async ({ path }) => {
        await must(["ip", "netns", "del", path.split("/").at(-1)!]);
        return {};
      },
      "a plain file is left": async ({ path }) => {
        await must(["umount", path]);
        return {};
      },
      "no namespace is given": () => Promise.resolve({ netns: "" }),
      "the interface is gone": async (sandbox) => {
        await sandbox.ip("link del eth0");
        return {};
      },
    };
    for (const [why, act] of Object.entries(gone)) {
      await t.step(why, async () => {
        const sandbox = await addShaped(host);
        const config = configFor(sandbox);
        await mustCall(host, "bandwidth", { config, sandbox });
        const call = { command: "DEL", config, sandbox, ...await act(sandbox) };
        await mustCall(host, "bandwidth", call);
        assertEquals(await ifbsOf(host), []);
        await mustCall(host, "bandwidth", call);
      });
    }
  },
  { needs: ["tc", "umount"] },
);

const TAMPERINGS: Record<
  string,
  readonly [(one: ShapedSandbox, ifb: string) => string, string, object?]
> = {
  "ingress limit removed": [
    ({ hostName }) => `tc qdisc del dev ${hostName} root`,
    "no limit",
  ],
  "ingress limit changed": [
    ({ hostName }) =>
      `tc qdisc change dev ${hostName} root handle 1: tbf ` +
      "rate 1000001bps burst 100000 limit 125000",
    "8000008 bits",
  ],
  "ingress burst changed": [
    ({ hostName }) =>
      `tc qdisc change dev ${hostName} root handle 1: tbf ` +
      "rate 1000000bps burst 99999 limit 125000",
    "another limit",
  ],
  "egress limit removed": [(_, ifb) => `tc qdisc del dev ${ifb} root`, "bwp"],
  "redirection removed": [
    ({ hostName }) => `tc qdisc del dev ${hostName} ingress`,
    "does not redirect",
  ],
  "link removed": [(_, ifb) => `ip link del ${ifb}`, "is gone"],
  "link set down": [(_, ifb) => `ip link set ${ifb} down`, "not up"],
  "class changed": [
    ({ hostName }) =>
      `tc class change dev ${hostName} classid 1:30 htb rate 9mbit burst 100000`,
    "9Mbit",
    { shapedSubnets: ["10.0.0.0/8"] },
  ],
  "subnet's filter removed": [
    ({ hostName }) => `tc filter del dev ${hostName} parent 1: prio 1`,
    "filters for subnets",
    { shapedSubnets: ["10.0.0.0/8"] },
  ],
};

kernelTest(
  "bandwidth: CHECK finds what was changed since ADD",
  async (host, t) => {
    for (const [why, [act, word, keys]] of Object.entries(TAMPERINGS)) {
      await t.step(why, async () => {
        const sandbox = await addShaped(host);
        const config = configFor(sandbox, { ...BOTH, ...keys });
        const prevResult = await mustCall(host, "bandwidth", {
          config,
          sandbox,
        });
        const check = {
          command: "CHECK",
          config: { ...config, prevResult },
          sandbox,
        };
        const before = await allOf(host);
        assertEquals(await mustCall(host, "bandwidth", check), undefined);
        assertEquals(await allOf(host), before);
        const command = act(sandbox, prevResult.interfaces[2].name);
        await host.must(command.split(" "));
        const fail = { ...check, code: 999 };
        const { msg, details } = await mustFail(host, "bandwidth", fail);
        assertStringIncludes(`${msg}: ${details}`, word);
      });
    }
  },
  NEEDS,
);

kernelTest("bandwidth: GC removes what is not valid any more", async (host) => {
  const keys = { ...BOTH, cniVersion: "1.1.0" };
  const attach = async (name: string) => {
    const sandbox = await addShaped(host);
    const config = { ...configFor(sandbox, keys), name };
    await mustCall(host, "bandwidth", { config, sandbox });
    return { sandbox, config };
  };
  const kept = await attach("bw-net");
  await attach("another-net");
  await host.ip("link add bwpforeign type ifb");
  const before = await ifbsOf(host);
  await attach("bw-net");
  const gone = await attach("bw-net");
  await must(["ip", "netns", "del", gone.sandbox.path.split("/").at(-1)!]);
  const collect = async (valid: readonly unknown[] | undefined) => {
    const config = { ...kept.config, "cni.dev/valid-attachments": valid };
    await mustCall(host, "bandwidth", { command: "GC", config });
    return await ifbsOf(host);
  };
  const hasNote = ({ sandbox }: typeof kept) =>
    Deno.stat(`/run/cni/bandwidth/${sandbox.containerId}_eth0`)
      .then(() => true, () => false);
  assertEquals((await collect(undefined)).length, before.length + 2);
  assertEquals([await hasNote(kept), await hasNote(gone)], [true, true]);
  const { containerId: containerID } = kept.sandbox;
  assertEquals(await collect([{ containerID, ifname: "eth0" }]), before);
  assertEquals([await hasNote(kept), await hasNote(gone)], [true, false]);
  assertEquals((await collect([])).length, before.length - 1);
}, NEEDS);

kernelTest(
  "bandwidth: STATUS tells whether limits can be set",
  async (host, t) => {
    const keys = {
      ...BOTH,
      cniVersion: "1.1.0",
      shapedSubnets: ["10.0.0.0/8"],
    };
    const config = configFor({ prevResult: undefined }, keys);
    const call = { command: "STATUS", config };
    const before = await allOf(host);
    await t.step("all is there", async () => {
      assertEquals(await mustCall(host, "bandwidth", call), undefined);
    });
    await t.step("the configuration is wrong", async () => {
      const wrong = { ...config, egressRate: "x" };
      const fail = { ...call, code: 7, config: wrong };
      await mustFail(host, "bandwidth", fail);
    });
    await t.step("the kernel refuses", async () => {
      const faults = createFaults(host);
      faults.arm(0);
      const env = { PATH: faults.path };
      await mustCall(host, "bandwidth", { ...call, env });
      faults.arm(faults.count());
      forgetTrials();
      await mustFail(host, "bandwidth", { ...call, code: 50, env });
    });
    assertEquals(await allOf(host), before);
  },
  { needs: ["tc", "flock"] },
);

kernelTest("bandwidth: a plan tells what would be done", async (host, t) => {
  const tool = await createTool(host);
  const { cniVersion, name, ...bridge } = bridgeConfig(host);
  const limits = { type: "bandwidth", ...BOTH };
  await tool.write("net.conflist", {
    cniVersion,
    name,
    plugins: [bridge, limits],
  });
  const sandbox = await host.addSandbox();
  const words = [host.network, sandbox.path];
  const empty = await allOf(host);
  await t.step("of a whole chain", async () => {
    const text = await tool.must(["add", "--plan", ...words]);
    assertStringIncludes(text, "type ifb");
    assertStringIncludes(text, "root handle 1: tbf rate 1000000bps");
    assertEquals(await allOf(host), empty);
  });
  await tool.must(["add", ...words]);
  const attached = await allOf(host);
  for (const [verb, word] of [["check", "qdisc show"], ["del", "link del"]]) {
    await t.step(`of ${verb}`, async () => {
      const text = await tool.must([verb!, "--plan", ...words]);
      assertStringIncludes(text, word!);
      assertEquals(await allOf(host), attached);
    });
  }
  await tool.must(["del", ...words]);
  assertEquals(await linkNamesIn(sandbox), ["lo"]);
}, NEEDS);
