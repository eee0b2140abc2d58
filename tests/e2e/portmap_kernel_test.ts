import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import {
  type Any,
  bridgeList,
  callPlugin,
  createFaults,
  createTool,
  firewallOf,
  type Host,
  kernelTest,
  legacyPath,
  mustCall,
  mustFail,
  portmapConfig,
  portRulesOf,
  published,
} from "./_harness.ts";

const BACKENDS = ["iptables", "nftables"] as const;
const NEEDS = { needs: ["iptables", "ip6tables", "nft", "conntrack", "flock"] };

for (const backend of BACKENDS) {
  kernelTest(
    `portmap: ADD, CHECK and DEL in every version, by ${backend}`,
    async (host, t) => {
      for (const cniVersion of SPEC_VERSIONS) {
        await t.step(cniVersion, async () => {
          const sandbox = await host.addSandbox();
          const prevResult = resultOf(cniVersion, sandbox.path);
          const keys = { backend, cniVersion, prevResult };
          const config = portmapConfig(host, sandbox, keys);
          const call = { config, sandbox };
          // Old versions have a dns that says nothing.
          const { dns: _, ...result } = await mustCall(host, "portmap", call);
          assertEquals(result, prevResult);
          const rules = await portRulesOf(host);
          assertNotEquals(rules, []);
          await mustCall(host, "portmap", call);
          assertEquals(await portRulesOf(host), rules, "added twice");
          const check = { ...call, command: "CHECK" };
          if (cniVersion < "0.4.0") {
            await mustFail(host, "portmap", { ...check, code: 1 });
          } else await mustCall(host, "portmap", check);
          for (let times = 0; times < 2; times++) {
            await mustCall(host, "portmap", { ...call, command: "DEL" });
            assertEquals(await portRulesOf(host), []);
          }
        });
      }
    },
    NEEDS,
  );

  kernelTest(
    `portmap: DEL needs nothing but the names, by ${backend}`,
    async (host, t) => {
      const other = await host.addSandbox();
      const otherConfig = portmapConfig(host, other, {
        backend,
        portMappings: [published(1, 1), published(1, 1, { protocol: "udp" })],
      });
      await mustCall(host, "portmap", { config: otherConfig, sandbox: other });
      const before = await portRulesOf(host);
      const cases: Record<string, Readonly<Record<string, unknown>>> = {
        "no mappings": { runtimeConfig: undefined },
        "an empty list of them": { portMappings: [] },
        "other ones": { portMappings: [published(9, 9)] },
        "ones that will not do": { portMappings: [published(0, 70000)] },
        "one port twice": { portMappings: [published(1, 1), published(1, 2)] },
        "no prevResult": { prevResult: undefined },
        "a prevResult that is none": { prevResult: { ips: 1 } },
        "the other backend": {
          backend: backend === "iptables" ? "nftables" : "iptables",
        },
        "keys that will not do": {
          backend: "x",
          snat: 1,
          markMasqBit: 99,
          conditionsV4: "x",
          runtimeConfig: 1,
        },
        "a namespace that is gone": {},
      };
      for (const [why, keys] of Object.entries(cases)) {
        await t.step(why, async () => {
          const sandbox = await host.addSandbox();
          const config = portmapConfig(host, sandbox, { backend });
          await mustCall(host, "portmap", { config, sandbox });
          assertNotEquals(await portRulesOf(host), before);
          await mustCall(host, "portmap", {
            command: "DEL",
            config: portmapConfig(host, sandbox, { backend, ...keys }),
            sandbox,
            netns: why.startsWith("a namespace") ? "/run/netns/gone" : "",
          });
          assertEquals(await portRulesOf(host), before);
        });
      }
    },
    NEEDS,
  );

  kernelTest(
    `portmap: 1,000 ports take no more programs than one, by ${backend}`,
    async (host) => {
      const sandbox = await host.addSandbox();
      const faults = createFaults(host);
      const env = { PATH: faults.path };
      const counts: number[][] = [];
      // The first one makes what all share.
      for (const count of [1, 1, 1000]) {
        const portMappings = Array.from(
          { length: count },
          (_, n) => published(n + 1, 80),
        );
        const config = portmapConfig(host, sandbox, { backend, portMappings });
        const steps: number[] = [];
        for (const command of ["ADD", "CHECK", "DEL"]) {
          faults.arm(0);
          const call = { command, config, sandbox, env };
          await mustCall(host, "portmap", call);
          steps.push(faults.count());
          if (command !== "ADD") continue;
          const rules = await portRulesOf(host);
          assert(rules.length > count, `${rules.length} rules`);
        }
        assertEquals(await portRulesOf(host), []);
        counts.push(steps);
      }
      assertEquals(counts[1], counts[2]);
    },
    NEEDS,
  );

  kernelTest(
    `portmap: CHECK notices what is missing, by ${backend}`,
    async (host, t) => {
      const sandbox = await host.addSandbox();
      const config = portmapConfig(host, sandbox, {
        backend,
        portMappings: [
          published(8080, 80),
          published(53, 53, { hostIP: "::1" }),
        ],
      });
      const call = { config, sandbox };
      await mustCall(host, "portmap", call);
      const check = { ...call, command: "CHECK" };
      for (const [why, act] of Object.entries(await tampering(host, backend))) {
        await t.step(why, async () => {
          await host.must(["sh", "-c", act]);
          const { details } = await mustFail(host, "portmap", {
            ...check,
            code: 999,
          });
          assertStringIncludes(details, "does not have");
          // An ADD mends it.
          await mustCall(host, "portmap", call);
          await mustCall(host, "portmap", check);
        });
      }
      await t.step("and that there never was anything", async () => {
        await mustCall(host, "portmap", { ...call, command: "DEL" });
        await mustFail(host, "portmap", { ...check, code: 999 });
      });
    },
    NEEDS,
  );

  kernelTest(
    `portmap: a port that another container has is told, by ${backend}`,
    async (host) => {
      const [first, second] = [
        await host.addSandbox(),
        await host.addSandbox(),
      ];
      const add = async (sandbox: typeof first, port: number) => {
        const portMappings = [published(port, 80)];
        const config = portmapConfig(host, sandbox, { backend, portMappings });
        const output = await callPlugin(host, "portmap", { config, sandbox });
        assertEquals(output.status, 0, output.stdout);
        return output.stderr;
      };
      assertEquals(await add(first, 8080), "");
      assertEquals(await add(second, 8081), "");
      const told = await add(second, 8080);
      assertStringIncludes(told, "8080/tcp");
      assertStringIncludes(told, `container "${first.containerId}"`);
    },
    NEEDS,
  );

  kernelTest(
    `portmap: ADD that fails at any step leaves nothing, by ${backend}`,
    async (host) => {
      const faults = createFaults(host);
      const env = { PATH: faults.path };
      const portMappings = [published(80, 80), published(53, 53, UDP)];
      const first = await host.addSandbox();
      const keys = { backend, portMappings };
      await host.ip("link add v0 type veth peer name v1");
      await host.ip("addr add 10.77.0.1/24 dev v0");
      await host.ip("link set v0 up");
      const config = portmapConfig(host, first, keys);
      const call = { config, sandbox: first, env };
      faults.arm(0);
      await mustCall(host, "portmap", call);
      const steps = faults.count();
      await mustCall(host, "portmap", { ...call, command: "DEL" });
      const before = await firewallOf(host);
      let failures = 0;
      for (let step = 1; step <= steps; step++) {
        faults.arm(step);
        const { status, stdout } = await callPlugin(host, "portmap", call);
        const fault = `step ${step}: ${faults.failed()}\n${stdout}`;
        // It may also have found its way around the fault.
        if (status === 0) {
          await mustCall(host, "portmap", { ...call, command: "DEL" });
        } else {
          failures++;
          assertEquals(typeof JSON.parse(stdout).code, "number", fault);
        }
        assertEquals(await firewallOf(host), before, fault);
      }
      assert(failures >= 2, `${failures} of ${steps} steps failed`);
    },
    NEEDS,
  );

  kernelTest(
    `portmap: DEL that fails at any step is mended by another, by ${backend}`,
    async (host) => {
      const faults = createFaults(host);
      const env = { PATH: faults.path };
      const sandbox = await host.addSandbox();
      const config = portmapConfig(host, sandbox, { backend });
      const del = { command: "DEL", config, sandbox };
      await mustCall(host, "portmap", { config, sandbox });
      faults.arm(0);
      await mustCall(host, "portmap", { ...del, env });
      const before = await firewallOf(host);
      const steps = faults.count();
      assert(steps >= 4, `${steps} steps`);
      for (let step = 1; step <= steps; step++) {
        await mustCall(host, "portmap", { config, sandbox });
        faults.arm(step);
        const { status, stdout } = await callPlugin(host, "portmap", {
          ...del,
          env,
        });
        const fault = `step ${step}: ${faults.failed()}\n${stdout}`;
        if (status !== 0) await mustCall(host, "portmap", del);
        assertEquals(await firewallOf(host), before, fault);
      }
    },
    NEEDS,
  );
}

kernelTest(
  "portmap: --plan tells the rules, and changes nothing",
  async (host, t) => {
    const tool = await createTool(host);
    const list: Any = bridgeList(host);
    const portmap = {
      type: "portmap",
      capabilities: { portMappings: true },
    };
    await tool.write("net.conflist", {
      ...list,
      plugins: [...list.plugins, portmap],
    });
    const sandbox = await host.addSandbox();
    const words = [host.network, sandbox.path];
    const ports = ["--port", "8080:80", "--port", "53:53/udp"];
    await t.step("add", async () => {
      const before = await firewallOf(host);
      const text = await tool.must(["add", "--plan", ...ports, ...words]);
      assertStringIncludes(text, "iptables -t nat -N CNI-HOSTPORT-DNAT");
      assertStringIncludes(text, "--dport 8080 -j DNAT --to-destination");
      assertStringIncludes(text, "conntrack -D -f ipv4 -p udp");
      assertEquals(await firewallOf(host), before);
    });
    await tool.must(["add", ...ports, ...words]);
    const added = await firewallOf(host);
    for (const verb of ["check", "del"]) {
      await t.step(verb, async () => {
        const text = await tool.must([verb, "--plan", ...words]);
        assertStringIncludes(text, "iptables -t nat");
        assertEquals(await firewallOf(host), added);
      });
    }
    await tool.must(["del", ...words]);
    assertEquals(await portRulesOf(host), []);
  },
  NEEDS,
);

kernelTest(
  "portmap: a container's two networks are kept apart",
  async (host, t) => {
    for (const backend of BACKENDS) {
      await t.step(backend, async () => {
        const sandbox = await host.addSandbox();
        const configs = [1, 2].map((number) => ({
          ...portmapConfig(host, sandbox, {
            backend,
            portMappings: [published(number, 80)],
            addresses: [`10.7${number}.0.2/24`],
          }),
          name: `${host.network}-${number}`,
        }));
        for (const config of configs) {
          await mustCall(host, "portmap", { config, sandbox });
        }
        const del = { command: "DEL", sandbox };
        await mustCall(host, "portmap", { ...del, config: configs[0]! });
        const check = { command: "CHECK", sandbox };
        await mustCall(host, "portmap", { ...check, config: configs[1]! });
        assertEquals(
          (await portRulesOf(host)).filter((rule) => rule.includes("10.71.")),
          [],
        );
        await mustCall(host, "portmap", { ...del, config: configs[1]! });
        assertEquals(await portRulesOf(host), []);
      });
    }
  },
  NEEDS,
);

kernelTest(
  "portmap: GC removes the rules of this network's stale containers",
  async (host) => {
    const attach = async (keys: Readonly<Record<string, unknown>>) => {
      const sandbox = await host.addSandbox();
      const port = Number(sandbox.containerId.split("-").at(-1));
      const portMappings = [published(port, 80)];
      const config = portmapConfig(host, sandbox, { portMappings, ...keys });
      await mustCall(host, "portmap", { config, sandbox });
      return sandbox;
    };
    const valid = await attach({});
    const elsewhere = await attach({ name: `${host.network}-2` });
    const nft = await attach({ backend: "nftables" });
    const before = await portRulesOf(host);
    await attach({});
    await attach({ addresses: ["fd77::9/64"] });
    assertNotEquals(await portRulesOf(host), before);
    const collect = async (attachments?: readonly unknown[]) => {
      const config = {
        cniVersion: "1.1.0",
        name: host.network,
        type: "portmap",
        ...attachments && { "cni.dev/valid-attachments": attachments },
      };
      await mustCall(host, "portmap", { command: "GC", config });
    };
    const all = await portRulesOf(host);
    await collect();
    assertEquals(await portRulesOf(host), all, "nothing was said");
    const attachment = { containerID: valid.containerId, ifname: "eth0" };
    await collect([attachment]);
    assertEquals(await portRulesOf(host), before);
    await collect([]);
    const left = (await portRulesOf(host)).join("\n");
    assertEquals(left.includes(valid.containerId), false);
    assertStringIncludes(left, elsewhere.containerId);
    assertStringIncludes(left, nft.containerId);
  },
  NEEDS,
);

kernelTest(
  "portmap: STATUS tells whether ports can be mapped",
  async (host, t) => {
    const call = (keys: object = {}, env: Record<string, string> = {}) => ({
      command: "STATUS",
      config: {
        cniVersion: "1.1.0",
        name: host.network,
        type: "portmap",
        ...keys,
      },
      env,
    });
    const none = await emptyPath(host);
    const before = await firewallOf(host);
    for (const backend of [undefined, ...BACKENDS]) {
      await t.step(`by ${backend ?? "either"}`, async () => {
        const keys = backend === undefined ? {} : { backend };
        await mustCall(host, "portmap", call(keys));
        const error = await mustFail(host, "portmap", {
          ...call(keys, { PATH: none }),
          code: 50,
        });
        assertStringIncludes(error.details, backend ?? "iptables and nftables");
      });
    }
    await t.step("not without the chain of another", async () => {
      const keys = { externalSetMarkChain: "KUBE-MARK-MASQ" };
      await mustFail(host, "portmap", { ...call(keys), code: 50 });
      await host.must(["iptables", "-t", "nat", "-N", "KUBE-MARK-MASQ"]);
      await mustCall(host, "portmap", call(keys));
      await host.must(["iptables", "-t", "nat", "-X", "KUBE-MARK-MASQ"]);
    });
    await t.step("not for a bad configuration", async () => {
      await mustFail(host, "portmap", { ...call({ backend: "x" }), code: 7 });
    });
    assertEquals(await firewallOf(host), before);
  },
  NEEDS,
);

kernelTest("portmap: a bad configuration changes nothing", async (host, t) => {
  const sandbox = await host.addSandbox();
  const before = await firewallOf(host);
  const cases: Record<string, readonly [object, string]> = {
    "port 0": [{ portMappings: [published(0, 1)] }, "hostPort is 0"],
    "port 70000": [
      { portMappings: [published(1, 1), published(70000, 1)] },
      "portMappings[1].hostPort is 70000",
    ],
    "one port for two": [
      { portMappings: [published(1, 1), published(1, 2)] },
      "map each port of the host once",
    ],
    "an unknown protocol": [
      { portMappings: [published(1, 1, { protocol: "icmp" })] },
      'protocol is "icmp"',
    ],
    "a chain that is not there": [
      { externalSetMarkChain: "NONE" },
      'externalSetMarkChain is "NONE"',
    ],
    "an unknown backend": [{ backend: "ipvs" }, 'backend is "ipvs"'],
    "no prevResult": [{ prevResult: undefined }, "prevResult is absent"],
  };
  for (const [why, [keys, fragment]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const config = portmapConfig(host, sandbox, { ...keys });
      const call = { config, sandbox, code: 7 };
      const { details } = await mustFail(host, "portmap", call);
      assertStringIncludes(details, fragment);
      assertEquals(await firewallOf(host), before);
    });
  }
  const conditions: Record<string, readonly [readonly string[], string]> = {
    "an option that iptables does not know": [["--none"], "--none"],
    "a match that it does not know": [["-m", "none"], "none"],
    "an option twice": [["-p", "udp"], "-p"],
    "a match that the kernel refuses": [
      ["-m", "owner", "--uid-owner", "0"],
      "Invalid argument",
    ],
    "a word that nft does not know": [["ip", "none", "1"], "none"],
    "a rule of nft that contradicts itself": [
      ["udp", "dport", "1"],
      "conflicting",
    ],
  };
  for (const [why, [words, fragment]] of Object.entries(conditions)) {
    await t.step(why, async () => {
      const keys = { conditionsV4: words, addresses: ["10.77.0.2/24"] };
      const config = portmapConfig(host, sandbox, keys);
      const call = { config, sandbox, code: 7 };
      const { msg, details } = await mustFail(host, "portmap", call);
      assertStringIncludes(msg, "conditionsV4");
      assertStringIncludes(details, fragment);
      assertEquals(await firewallOf(host), before);
    });
  }
}, NEEDS);

kernelTest(
  "portmap: the host may reach the container by localhost",
  async (host) => {
    const sandbox = await host.addSandbox();
    for (const name of ["v0", "v0.1"]) {
      await host.ip(`link add ${name} type veth peer name ${name}p`);
      await host.ip(`addr add 10.77.0.1/24 dev ${name}`);
      await host.ip(`link set ${name} up`);
      const file = `/proc/sys/net/ipv4/conf/${name}/route_localnet`;
      for (const snat of [false, true]) {
        const config = portmapConfig(host, sandbox, { snat });
        await mustCall(host, "portmap", { config, sandbox });
        const value = (await host.must(["cat", file])).trim();
        assertEquals(value, snat ? "1" : "0");
      }
      await host.ip(`link del ${name}`);
    }
  },
  NEEDS,
);

kernelTest(
  "portmap: iptables-legacy does as well, and waits for its lock",
  async (host) => {
    const sandbox = await host.addSandbox();
    const env = { PATH: await legacyPath(host) };
    const portMappings = [published(80, 80), published(53, 53, UDP)];
    const config = portmapConfig(host, sandbox, { portMappings });
    const call = { config, sandbox, env };
    const rules = async () => {
      const text = await host.must(["iptables-legacy", "-t", "nat", "-S"]);
      return text.split("\n").filter((line) => line.includes("CNI-DN-"));
    };
    await mustCall(host, "portmap", call);
    const added = await rules();
    assertEquals(added.length, 9);
    await mustCall(host, "portmap", call);
    assertEquals(await rules(), added);
    await mustCall(host, "portmap", { ...call, command: "CHECK" });
    const lock = new Deno.Command("flock", {
      args: ["/run/xtables.lock", "sh", "-c", "echo; exec sleep 1"],
      stdout: "piped",
    }).spawn();
    const reader = lock.stdout.getReader();
    await reader.read();
    await mustCall(host, "portmap", { ...call, command: "DEL" });
    await reader.cancel();
    await lock.status;
    assertEquals(await rules(), []);
    await mustCall(host, "portmap", call);
    const bare = portmapConfig(host, sandbox, { portMappings: [] });
    const del = { ...call, command: "DEL", config: bare };
    await mustCall(host, "portmap", del);
    assertEquals(await rules(), []);
    // Refused by the kernel alone, which names no rule.
    const conditionsV4 = ["-m", "owner", "--uid-owner", "0"];
    const bad = portmapConfig(host, sandbox, { conditionsV4 });
    const refusal = { config: bad, sandbox, env, code: 7 };
    const { msg, details } = await mustFail(host, "portmap", refusal);
    assertEquals(msg, "Cannot use conditionsV4");
    assertStringIncludes(details, '"--uid-owner","0"]: iptables');
    assertEquals(await rules(), []);
  },
  { needs: [...NEEDS.needs, "iptables-legacy", "ip6tables-legacy"] },
);

kernelTest(
  "portmap: what one kind of iptables has made, DEL and GC by the other remove",
  async (host, t) => {
    const legacy = { PATH: await legacyPath(host) };
    const kinds = { "legacy": legacy, "nft": {} } as const;
    const left = async () => {
      const text = await host.must([
        "sh",
        "-c",
        "for f in iptables ip6tables; do $f-nft -t nat -S; " +
        "$f-legacy -t nat -S; done",
      ]);
      return text.split("\n").filter((line) => line.includes("CNI-DN-"));
    };
    for (const made of ["legacy", "nft"] as const) {
      const removed = made === "nft" ? "legacy" : "nft";
      for (const keys of [{}, { portMappings: [] }]) {
        const why = `${made}, then ${removed}, with ${JSON.stringify(keys)}`;
        await t.step(why, async () => {
          const sandbox = await host.addSandbox();
          const call = (command: string, kind: keyof typeof kinds) => ({
            command,
            config: portmapConfig(host, sandbox, command === "DEL" ? keys : {}),
            sandbox,
            env: kinds[kind],
          });
          await mustCall(host, "portmap", call("ADD", made));
          assertNotEquals(await left(), []);
          await mustCall(host, "portmap", call("DEL", removed));
          assertEquals(await left(), []);
        });
      }
      await t.step(`${made}, then GC by ${removed}`, async () => {
        const sandbox = await host.addSandbox();
        const config = portmapConfig(host, sandbox);
        const add = { config, sandbox, env: kinds[made] };
        await mustCall(host, "portmap", add);
        await mustCall(host, "portmap", {
          command: "GC",
          config: {
            cniVersion: "1.1.0",
            name: host.network,
            type: "portmap",
            "cni.dev/valid-attachments": [],
          },
          env: kinds[removed],
        });
        assertEquals(await left(), []);
      });
    }
  },
  { needs: [...NEEDS.needs, "iptables-legacy", "iptables-nft"] },
);

kernelTest(
  "portmap: a container without ports takes no programs",
  async (host) => {
    const sandbox = await host.addSandbox();
    const faults = createFaults(host);
    const config = portmapConfig(host, sandbox, { portMappings: [] });
    const call = { config, sandbox, env: { PATH: faults.path } };
    for (const command of ["ADD", "CHECK", "DEL"]) {
      faults.arm(0);
      await mustCall(host, "portmap", { ...call, command });
      assertEquals(faults.count(), 0, command);
    }
  },
  NEEDS,
);

kernelTest("portmap: ten at once do not hinder each other", async (host) => {
  for (const backend of BACKENDS) {
    const calls = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const sandbox = await host.addSandbox();
        const portMappings = [published(n + 1, 80)];
        const keys = { backend, portMappings };
        return { config: portmapConfig(host, sandbox, keys), sandbox };
      }),
    );
    const all = (command: string) =>
      Promise.all(
        calls.map((call) => mustCall(host, "portmap", { ...call, command })),
      );
    await all("ADD");
    await all("CHECK");
    await all("DEL");
    assertEquals(await portRulesOf(host), []);
  }
}, NEEDS);

const UDP = { protocol: "udp" };

/** A result as each version has it. */
function resultOf(cniVersion: string, sandbox: string): Any {
  if (cniVersion < "0.3.0") {
    return {
      cniVersion,
      ip4: { ip: "10.77.0.2/24" },
      ip6: { ip: "fd77::2/64" },
    };
  }
  const version = cniVersion < "1.0.0" ? { 4: "4", 6: "6" } : undefined;
  return {
    cniVersion,
    interfaces: [{ name: "eth0", sandbox }],
    ips: ([[4, "10.77.0.2/24"], [6, "fd77::2/64"]] as const).map((
      [family, address],
    ) => ({
      ...version && { version: version[family] },
      address,
      interface: 0,
    })),
  };
}

/** Commands that each take away a part of what an ADD has made. */
async function tampering(
  host: Host,
  backend: typeof BACKENDS[number],
): Promise<Record<string, string>> {
  const table = "cni_hostport";
  if (backend === "nftables") {
    return {
      "the mappings": `nft flush chain ip6 ${table} hostports`,
      "what leads to them": `nft flush chain ip ${table} prerouting`,
      "masquerade": `nft flush chain ip ${table} masquerading`,
      "the table": `nft delete table ip6 ${table}`,
    };
  }
  const text = await host.must(["iptables", "-t", "nat", "-S"]);
  const chain = /CNI-DN-[0-9a-f]+/.exec(text)![0];
  return {
    "a rule of a mapping": `iptables -t nat -D ${chain} 3`,
    "what leads to them": "ip6tables -t nat -F CNI-HOSTPORT-DNAT",
    "what leads from a hook": "iptables -t nat -F OUTPUT",
    "masquerade": "ip6tables -t nat -F CNI-HOSTPORT-MASQ",
    "the mark": "iptables -t nat -F CNI-HOSTPORT-SETMARK",
  };
}

/** A folder for `PATH` in which all that maps ports fails to be found. */
async function emptyPath(host: Host): Promise<string> {
  const folder = `${host.scratchDir}/none`;
  await Deno.mkdir(folder, { recursive: true });
  for (const program of ["iptables", "ip6tables", "nft"]) {
    const script = `#!/bin/sh\necho ${program}: not found >&2\nexit 127\n`;
    await Deno.writeTextFile(`${folder}/${program}`, script, { mode: 0o755 });
  }
  return `${folder}:${Deno.env.get("PATH") ?? ""}`;
}
