import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import {
  addOutside,
  type Any,
  bridgeConfig,
  callPlugin,
  createFaults,
  createTool,
  type Host,
  hostLocal,
  kernelTest,
  mustCall,
  mustFail,
  mustPing,
  netnsStateOf,
  REFERENCE_BIN,
  type Sandbox,
} from "./_harness.ts";

/** Two interfaces as other plugins leave them, each with a default route. */
const PREPARE = `
echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad
echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
ip link set lo up
for n in 0 1; do
  ip link add eth$n type veth peer name peer$n
  ip link set peer$n up
  ip link set eth$n up
  ip addr add 10.$n.0.5/24 dev eth$n
  ip addr add fd00:$n::5/64 dev eth$n nodad
done
ip route add default via 10.0.0.1
ip -6 route add default via fd00:0::1
ip route add default via 10.1.0.1 dev eth1 metric 9
ip route add 10.9.0.0/16 via 10.1.0.9
ip -6 route add fd00:9::/32 via fd00:1::9
`;

async function prepare(host: Host): Promise<Sandbox> {
  const sandbox = await host.addSandbox();
  await sandbox.must(["sh", "-c", PREPARE]);
  return sandbox;
}

const IPV4 = { address: "10.1.0.5/24", gateway: "10.1.0.1", interface: 1 };
const IPV6 = { address: "fd00:1::5/64", gateway: "fd00:1::1", interface: 1 };

function configFor(
  sandbox: Sandbox,
  keys: Readonly<Record<string, unknown>> = {},
  ips: readonly unknown[] = [IPV4, IPV6],
): Any {
  return {
    cniVersion: "1.0.0",
    name: "net1",
    type: "sbr",
    prevResult: {
      cniVersion: "1.0.0",
      interfaces: [
        { name: "veth1" },
        { name: "eth1", sandbox: sandbox.path },
        { name: "eth0", sandbox: sandbox.path },
      ],
      ips: [...ips, { address: "10.0.0.5/24", interface: 2 }],
      routes: [{ dst: "10.9.0.0/16", gw: "10.1.0.9" }],
    },
    ...keys,
  };
}

/** Rules and routes of the container, but those for link-local addresses. */
async function routingOf(sandbox: Sandbox): Promise<readonly string[]> {
  const text = await sandbox.must([
    ...["sh", "-c"],
    "ip -4 rule; ip -6 rule; ip -4 route show table all; " +
    "ip -6 route show table all",
  ]);
  const lines = text.split("\n").map((line) => line.trim());
  const kept = lines.filter((line) =>
    line !== "" && !/\b(fe80|ff00|table local)\b/.test(line)
  );
  return [...new Set(kept)].sort();
}

kernelTest(
  "sbr: ADD sends what an address sends out by its interface",
  async (host) => {
    const outside = await addOutside(host);
    await outside.ip("route add 10.213.0.0/16 via 192.0.2.1");
    await host.must(["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    const sandbox = await host.addSandbox();
    await sandbox.ip(`link add eth0 type veth peer name h0 netns ${host.path}`);
    await sandbox.ip("addr add 10.213.1.5/24 dev eth0");
    await sandbox.ip("link set eth0 up");
    await sandbox.ip("route add default via 10.213.1.1");
    await host.ip("addr add 10.213.1.1/24 dev h0");
    await host.ip("link set h0 up");
    const ipam = hostLocal(host, ["10.213.2.0/24"], {
      routes: [{ dst: "192.0.2.0/24" }],
    });
    const bridge = bridgeConfig(host, { isGateway: true, ipam });
    const call = { sandbox, ifname: "eth1" };
    const prevResult = await mustCall(host, "bridge", {
      ...call,
      config: bridge,
    });
    const config = { ...bridge, type: "sbr", ipam: undefined, prevResult };
    const result = await mustCall(host, "sbr", { ...call, config });
    assertEquals(result, prevResult);
    await mustCall(host, "sbr", { ...call, config, command: "CHECK" });
    const away = async (words: string) =>
      /dev (\S+)/.exec(await sandbox.ip(`route get ${words}`))?.[1];
    assertEquals(await away("192.0.2.2"), "eth0");
    assertEquals(await away("192.0.2.2 from 10.213.2.2"), "eth1");
    assertEquals(await away("192.0.2.2 from 10.213.1.5"), "eth0");
    await mustPing(sandbox, outside.ipv4, "-I", "10.213.2.2");
    await mustPing(sandbox, outside.ipv4, "-I", "10.213.1.5");
    await mustPing(outside, "10.213.2.2");
    await mustCall(host, "sbr", { ...call, config, command: "DEL" });
    const del = { ...call, config: bridge, command: "DEL" };
    await mustCall(host, "bridge", del);
    assertEquals(
      (await routingOf(sandbox)).filter((line) => /10\.213\.2|100/.test(line)),
      [],
    );
  },
  { needs: ["ping"] },
);

kernelTest(
  "sbr: ADD passes prevResult on in every version",
  async (host, t) => {
    for (const cniVersion of SPEC_VERSIONS) {
      await t.step(cniVersion, async () => {
        const sandbox = await prepare(host);
        const old = {
          cniVersion,
          ip4: { ip: IPV4.address, gateway: IPV4.gateway },
          ip6: { ip: IPV6.address, gateway: IPV6.gateway },
          dns: {},
        };
        const { prevResult } = configFor(sandbox);
        const versioned = {
          ...prevResult,
          cniVersion,
          ips: prevResult.ips.map((ip: Any) => ({
            version: ip.address.includes(":") ? "6" : "4",
            ...ip,
          })),
          dns: {},
        };
        const given = cniVersion < "0.3.0"
          ? old
          : cniVersion < "1.0.0"
          ? versioned
          : { ...prevResult, cniVersion };
        const config = { ...configFor(sandbox), cniVersion, prevResult: given };
        const call = { config, sandbox, ifname: "eth1" };
        assertEquals(await mustCall(host, "sbr", call), given);
        const rules = (await routingOf(sandbox)).filter((line) =>
          line.includes("lookup 10")
        );
        assertEquals(rules.length, 2);
        await mustCall(host, "sbr", { ...call, command: "DEL" });
      });
    }
  },
);

kernelTest(
  "sbr: DEL removes all and may come again and late",
  async (host, t) => {
    const sandbox = await prepare(host);
    const before = await routingOf(sandbox);
    const isOwn = (line: string) => /\b(table|lookup) 1\d\d\b/.test(line);
    const config = configFor(sandbox);
    const call = { config, sandbox, ifname: "eth1" };
    const del = { ...call, command: "DEL" };
    await mustCall(host, "sbr", call);
    assertEquals((await routingOf(sandbox)).filter(isOwn).length, 9);
    const { prevResult: _prevResult, ...bare } = config;
    const ways = {
      "without prevResult": { ...del, config: bare },
      "with a configuration gone bad": {
        ...del,
        config: { ...bare, table: "x", gateways: 1, prevResult: { ips: 1 } },
      },
      "with prevResult": del,
    };
    for (const [why, way] of Object.entries(ways)) {
      await t.step(why, async () => {
        const again = await prepare(host);
        await mustCall(host, "sbr", { ...call, sandbox: again });
        const two = { ...way, sandbox: again };
        await mustCall(host, "sbr", two);
        assertEquals((await routingOf(again)).filter(isOwn), []);
        await mustCall(host, "sbr", two);
      });
    }
    await t.step("after the interface is gone", async () => {
      await sandbox.ip("link del eth1");
      await mustCall(host, "sbr", del);
      const left = before.filter((line) => !line.includes("eth1"));
      assertEquals(
        (await routingOf(sandbox)).filter((line) => !line.includes("peer1")),
        left.filter((line) => !line.includes("peer1")),
      );
    });
    const plain = `${host.scratchDir}/plain`;
    await Deno.writeTextFile(plain, "");
    const gone = `/run/netns/cnitest-${host.id}-none`;
    for (const netns of ["", gone, plain]) {
      await t.step(`namespace ${netns.replaceAll(host.id, "ID")}`, async () => {
        await mustCall(host, "sbr", { ...del, netns });
      });
    }
    // The reference makes a file there, which host's disposal would find too.
    assertEquals(await Deno.stat(gone).catch(() => "absent"), "absent");
  },
);

kernelTest("sbr: ADD that fails at any step leaves nothing", async (host) => {
  const faults = createFaults(host);
  const env = { PATH: faults.path };
  for (const keys of [{}, { addSourceHints: true, gateways: ["10.1.0.7"] }]) {
    const sandbox = await prepare(host);
    const before = await routingOf(sandbox);
    const config = configFor(sandbox, keys);
    const call = { config, sandbox, ifname: "eth1", env };
    faults.arm(0);
    await mustCall(host, "sbr", call);
    const count = faults.count();
    assert(count > 10, `${count} steps`);
    for (let step = 1; step <= count; step++) {
      const other = await prepare(host);
      faults.arm(step);
      const { status, stdout } = await callPlugin(host, "sbr", {
        ...call,
        config: configFor(other, keys),
        sandbox: other,
      });
      if (status === 0) continue; // It found its way around the fault.
      assertEquals(typeof JSON.parse(stdout).code, "number", stdout);
      assertEquals(await routingOf(other), before, faults.failed());
    }
  }
}, { needs: ["flock"] });

kernelTest(
  "sbr: a second ADD is refused and changes nothing",
  async (host, t) => {
    for (const keys of [{}, { table: 200 }]) {
      await t.step(JSON.stringify(keys), async () => {
        const sandbox = await prepare(host);
        const config = configFor(sandbox, keys);
        const call = { config, sandbox, ifname: "eth1" };
        await mustCall(host, "sbr", call);
        const before = await routingOf(sandbox);
        const { msg } = await mustFail(host, "sbr", { ...call, code: 999 });
        assertStringIncludes(msg, "10.1.0.5");
        assertEquals(await routingOf(sandbox), before);
      });
    }
  },
);

/** Routes that both interfaces have a next hop of. */
const SHARE = `
ip -6 route append default via fd00:1::1 dev eth1
ip -6 route add fd00:7::/32 nexthop via fd00:1::7 dev eth1 weight 3 \\
  nexthop via fd00:0::7 dev eth0
ip route add 10.7.0.0/16 nexthop via 10.0.0.7 nexthop via 10.1.0.7 weight 2
ip route add 10.8.0.0/16 metric 5 nexthop via 10.1.0.8 nexthop via 10.1.0.9 \\
  nexthop via 10.0.0.8 nexthop via 10.0.0.9
`;

kernelTest(
  "sbr: only its own next hops of a shared route are taken",
  async (host, t) => {
    const routesTo = async (sandbox: Sandbox, words: string) =>
      (await sandbox.ip(`-o ${words}`)).replaceAll(/[\s\\]+/g, " ").trim();
    const shared = async () => {
      const sandbox = await prepare(host);
      await sandbox.must(["sh", "-c", SHARE]);
      return sandbox;
    };
    const sandbox = await shared();
    const call = { config: configFor(sandbox), sandbox, ifname: "eth1" };
    const expected: Record<string, string> = {
      "-6 route show default":
        "default via fd00::1 dev eth0 metric 1024 pref medium",
      "-6 route show default table 101":
        "default via fd00:1::1 dev eth1 metric 1024 pref medium",
      "-6 route show fd00:7::/32":
        "fd00:7::/32 via fd00::7 dev eth0 metric 1024 pref medium",
      "-6 route show fd00:7::/32 table 101":
        "fd00:7::/32 via fd00:1::7 dev eth1 metric 1024 pref medium",
      "route show 10.7.0.0/16": "10.7.0.0/16 via 10.0.0.7 dev eth0",
      "route show 10.7.0.0/16 table 100": "10.7.0.0/16 via 10.1.0.7 dev eth1",
      "route show 10.8.0.0/16": "10.8.0.0/16 metric 5 " +
        "nexthop via 10.0.0.8 dev eth0 weight 1 " +
        "nexthop via 10.0.0.9 dev eth0 weight 1",
      "route show 10.8.0.0/16 table 100": "10.8.0.0/16 metric 5 " +
        "nexthop via 10.1.0.8 dev eth1 weight 1 " +
        "nexthop via 10.1.0.9 dev eth1 weight 1",
    };
    await mustCall(host, "sbr", call);
    for (const [words, line] of Object.entries(expected)) {
      await t.step(words, async () => {
        assertEquals(await routesTo(sandbox, words), line);
      });
    }
    await t.step("a DEL, and the link's end, leave the others'", async () => {
      await mustCall(host, "sbr", { ...call, command: "CHECK" });
      await mustCall(host, "sbr", { ...call, command: "DEL" });
      await sandbox.ip("link del eth1");
      for (const [words, line] of Object.entries(expected)) {
        const left = words.includes("table") ? "" : line;
        // A table that is empty is one that does not exist.
        const shown = await routesTo(sandbox, words).catch(() => "");
        assertEquals(shown, left, words);
      }
    });
    await t.step("a failed ADD puts the whole back", async () => {
      const faults = createFaults(host);
      faults.arm(0);
      const env = { PATH: faults.path };
      const whole = await shared();
      const before = await routingOf(whole);
      const add = async (other: Sandbox) =>
        await callPlugin(host, "sbr", {
          config: configFor(other),
          sandbox: other,
          ifname: "eth1",
          env,
        });
      assertEquals((await add(whole)).status, 0);
      const count = faults.count();
      for (let step = 1; step <= count; step++) {
        const other = await shared();
        faults.arm(step);
        if ((await add(other)).status === 0) continue;
        assertEquals(await routingOf(other), before, faults.failed());
      }
    });
  },
  { needs: ["flock"] },
);

kernelTest(
  "sbr: a hint leaves another interface's route to the same subnet",
  async (host, t) => {
    for (const proto of ["boot", "kernel"]) {
      await t.step(`of ${proto}`, async () => {
        const sandbox = await prepare(host);
        const own = "10.1.0.0/24 dev eth0 proto " +
          `${proto} scope link src 10.0.0.5`;
        await sandbox.ip("route del 10.1.0.0/24 dev eth1");
        await sandbox.ip(`route add ${own}`);
        await sandbox.ip("route append 10.1.0.0/24 dev eth1 src 10.1.0.5");
        const config = configFor(sandbox, { addSourceHints: true }, [IPV4]);
        await mustCall(host, "sbr", { config, sandbox, ifname: "eth1" });
        const shown = (await sandbox.ip("route show 10.1.0.0/24")).split("\n")
          .map((line) => line.trim());
        assertEquals(shown, [
          own.replace("proto boot ", ""),
          "10.1.0.0/24 dev eth1 scope link src 10.1.0.5",
          "",
        ]);
      });
    }
  },
);

kernelTest(
  "sbr: an index of no interface leaves an address to the interface",
  async (host, t) => {
    for (const index of [1, 9, -1]) {
      await t.step(`${index}`, async () => {
        const sandbox = await prepare(host);
        await sandbox.ip("addr add 10.5.0.5/24 dev eth1");
        const interfaces = [{ name: "eth1", sandbox: sandbox.path }];
        const ips = [
          { address: "10.1.0.5/24", gateway: "10.1.0.1", interface: 0 },
          { address: "10.5.0.5/24", gateway: "10.5.0.1", interface: index },
        ];
        const prevResult = { cniVersion: "1.0.0", interfaces, ips };
        const config = { ...configFor(sandbox), prevResult };
        const call = { config, sandbox, ifname: "eth1" };
        await mustCall(host, "sbr", call);
        await mustCall(host, "sbr", { ...call, command: "CHECK" });
        const tables = await routingOf(sandbox);
        for (
          const line of [
            "32764:\tfrom 10.5.0.5 lookup 101",
            "32765:\tfrom 10.1.0.5 lookup 100",
            "default via 10.5.0.1 dev eth1 table 101",
          ]
        ) assert(tables.includes(line), `${line} in ${tables.join("\n")}`);
        await mustCall(host, "sbr", { ...call, command: "DEL" });
        assert(
          !(await routingOf(sandbox)).some((line) => / 10[01]$/.test(line)),
        );
      });
    }
  },
);

/** An `ip` whose word on the rules of a family is another. */
async function addFalseIp(host: Host, family: 4 | 6, rules: string) {
  const real = (await host.must(["sh", "-c", "command -v ip"])).trim();
  const script = `#!/bin/sh
case " $* " in
*" -${family} "*-batch*)
  status=0
  while read -r line; do
    case $line in
    "rule show") ${rules} ;;
    *) ${real} -N -o -${family} $line ;;
    esac || { echo "Command failed -:1" >&2; status=1; }
  done
  exit $status ;;
esac
exec ${real} "$@"
`;
  const folder = `${host.scratchDir}/ip`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/ip`, script, { mode: 0o755 });
  return { PATH: `${folder}:${Deno.env.get("PATH")}` };
}

kernelTest(
  "sbr: DEL fails if the rules cannot be read, and goes on after a remark",
  async (host, t) => {
    const call = async (rules: string, family: 4 | 6) => {
      const sandbox = await prepare(host);
      const add = { config: configFor(sandbox), sandbox, ifname: "eth1" };
      await mustCall(host, "sbr", add);
      const env = await addFalseIp(host, family, rules);
      return { ...add, env, command: "DEL" };
    };
    for (const family of [4, 6] as const) {
      for (const rules of ["false", "echo garbage", ":"]) {
        await t.step(`IPv${family}, rules by ${rules}`, async () => {
          const del = await call(rules, family);
          await mustFail(host, "sbr", { ...del, code: 999 });
        });
      }
    }
    await t.step("a dump that is interrupted is repeated", async () => {
      const flag = `${host.scratchDir}/flag`;
      const remark = "Dump was interrupted and may be inconsistent.";
      const del = await call(
        `if [ -e ${flag} ]; then ip -N -o -4 rule show; else : >${flag}; ` +
          `echo "0: from all lookup 255" | tr " " "\\t"; ` +
          `echo "${remark}" >&2; fi`,
        4,
      );
      const env = { PATH: `${del.env.PATH.replace(/^[^:]*:/, "")}` };
      assert((await routingOf(del.sandbox)).some((line) => / 100$/.test(line)));
      await mustCall(host, "sbr", del);
      assertEquals(
        (await routingOf(del.sandbox)).filter((line) =>
          /\b(table|lookup) 1\d\d\b/.test(line)
        ),
        [],
      );
      await mustCall(host, "sbr", { ...del, env });
    });
  },
);

kernelTest("sbr: table is left to who fills it", async (host) => {
  const sandbox = await prepare(host);
  await sandbox.ip("route add default via 10.1.0.1 dev eth1 table 200");
  const before = await routingOf(sandbox);
  const config = configFor(sandbox, { table: 200 });
  const call = { config, sandbox, ifname: "eth1" };
  await mustCall(host, "sbr", call);
  const added = (await routingOf(sandbox)).filter((line) =>
    !before.includes(line)
  );
  assertEquals(added, [
    "32765:\tfrom 10.1.0.5 lookup 200",
    "32765:\tfrom fd00:1::5 lookup 200",
  ]);
  await mustCall(host, "sbr", { ...call, command: "CHECK" });
  await mustCall(host, "sbr", { ...call, command: "DEL" });
  assertEquals(await routingOf(sandbox), before);
});

kernelTest("sbr: CHECK notices what has changed", async (host, t) => {
  const keys = { addSourceHints: true, gateways: ["10.1.0.7"] };
  const faults: Record<string, string> = {
    "the rule is gone": "rule del from 10.1.0.5 lookup 100",
    "the rule of IPv6 is gone": "-6 rule del from fd00:1::5 lookup 101",
    "the default route is gone": "route del default table 100",
    "it leads elsewhere":
      "route replace default via 10.1.0.1 dev eth1 table 100",
    "another route is gone": "route del 10.9.0.0/16 table 100",
    "a hint is gone": "route del 10.1.0.0/24 table main",
    "the interface is gone": "link del eth1",
  };
  for (const [why, words] of Object.entries(faults)) {
    await t.step(why, async () => {
      const sandbox = await prepare(host);
      const config = configFor(sandbox, keys);
      const call = { config, sandbox, ifname: "eth1" };
      await mustCall(host, "sbr", call);
      const check = { ...call, command: "CHECK" };
      await mustCall(host, "sbr", check);
      await sandbox.ip(words);
      await mustFail(host, "sbr", { ...check, code: 999 });
    });
  }
  await t.step("there is no prevResult", async () => {
    const sandbox = await prepare(host);
    const { prevResult: _prevResult, ...config } = configFor(sandbox);
    const check = { config, sandbox, ifname: "eth1", command: "CHECK" };
    await mustFail(host, "sbr", { ...check, code: 7 });
  });
});

kernelTest("sbr: bad input is refused and changes nothing", async (host, t) => {
  const sandbox = await prepare(host);
  const before = await netnsStateOf(sandbox);
  const call = { sandbox, ifname: "eth1" };
  const config = configFor(sandbox);
  const none = { ...config.prevResult, ips: [] };
  const cases: Record<string, Any> = {
    "no prevResult": { code: 7, config: { ...config, prevResult: null } },
    "no addresses": { code: 7, config: { ...config, prevResult: none } },
    "another interface's addresses only": { code: 7, config, ifname: "eth7" },
    "an interface that is not there": {
      code: 999,
      ifname: "eth7",
      config: configFor(sandbox, {}, [{ address: "10.7.0.1/24" }]),
    },
    "table as text": { code: 7, config: { ...config, table: "100" } },
    "two gateways of a family": {
      code: 7,
      config: { ...config, gateways: ["10.1.0.1", "10.1.0.2"] },
    },
    "a gateway out of reach": {
      code: 999,
      config: { ...config, gateways: ["192.0.2.77"] },
    },
    "no namespace": { code: 8, config, netns: "/run/netns/cnitest-none" },
    "a plain file": { code: 8, config, netns: "/etc/hostname" },
    "its own namespace": { code: 8, config, netns: host.path },
  };
  for (const [why, bad] of Object.entries(cases)) {
    await t.step(why, async () => {
      await mustFail(host, "sbr", { ...call, ...bad });
      assertEquals(await netnsStateOf(sandbox), before);
    });
  }
  await t.step("its own namespace at DEL", async () => {
    const del = { ...call, config, command: "DEL", netns: host.path };
    await mustFail(host, "sbr", { ...del, code: 8 });
  });
});

kernelTest("sbr: STATUS and GC", async (host) => {
  const config = { cniVersion: "1.1.0", name: "net1", type: "sbr" };
  await mustCall(host, "sbr", { command: "STATUS", config });
  await mustCall(host, "sbr", { command: "GC", config });
  const bad = { ...config, table: -1 };
  await mustFail(host, "sbr", { command: "STATUS", config: bad, code: 7 });
});

kernelTest("sbr: a plan tells what would be done", async (host, t) => {
  const tool = await createTool(host);
  const { cniVersion, name, ...bridge } = bridgeConfig(host);
  const plugins = [bridge, { type: "sbr" }];
  await tool.write("net.conflist", { cniVersion, name, plugins });
  const sandbox = await host.addSandbox();
  const words = [host.network, sandbox.path];
  const empty = await routingOf(sandbox);
  await t.step("of a whole chain", async () => {
    const text = await tool.must(["add", "--plan", ...words]);
    assertStringIncludes(text, "ip rule add from ");
    assertStringIncludes(text, "table 100 ");
    assertEquals(await routingOf(sandbox), empty);
  });
  await tool.must(["add", ...words]);
  const attached = await routingOf(sandbox);
  const acts = { check: "ip rule show", del: "ip rule del from " };
  for (const [verb, act] of Object.entries(acts)) {
    await t.step(`of ${verb}`, async () => {
      const text = await tool.must([verb, "--plan", ...words]);
      assertStringIncludes(text, act);
      assertEquals(await routingOf(sandbox), attached);
    });
  }
  await tool.must(["del", ...words]);
  assertEquals(await routingOf(sandbox), empty);
});

kernelTest(
  "sbr: does what the reference does, and either undoes it",
  async (host) => {
    const routing = [];
    const bins = [undefined, REFERENCE_BIN];
    for (const [index, bin] of bins.entries()) {
      const sandbox = await prepare(host);
      // Its link-local routes are in the reference's tables of IPv4 too.
      const config = configFor(sandbox, {}, [IPV4]);
      const call = { config, sandbox, ifname: "eth1" };
      const add = await callPlugin(host, "sbr", {
        ...call,
        ...(bin === undefined ? {} : { bin }),
      });
      assertEquals(add.status, 0, add.stdout);
      const isIpv4 = (line: string) => !line.includes("fd00");
      routing.push((await routingOf(sandbox)).filter(isIpv4));
      const other = bins[1 - index];
      const del = await callPlugin(host, "sbr", {
        ...call,
        command: "DEL",
        ...(other === undefined ? {} : { bin: other }),
      });
      assertEquals(del.status, 0, del.stdout);
      const left = (await routingOf(sandbox)).filter((line) =>
        // The reference leaves the routes of its tables.
        other === undefined ? / 100\b/.test(line) : /lookup 100/.test(line)
      );
      assertEquals(left, []);
    }
    assertEquals(routing[0], routing[1]);
  },
  { needs: [`${REFERENCE_BIN}/sbr`] },
);
