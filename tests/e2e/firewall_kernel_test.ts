import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  filterOf,
  filterWith,
  firewallCall,
  IPV4,
  IPV6,
  resultFor,
  rulesOf,
  withoutOwners,
} from "./_firewall.ts";
import {
  type Any,
  BIN,
  callPlugin,
  createFaults,
  type Host,
  kernelTest,
  legacyPath,
  mustCall,
  mustFail,
  type Sandbox,
} from "./_harness.ts";
import { forgetTrials } from "./_trials.ts";

const NEEDS = { needs: ["iptables", "ip6tables"] };
const OWNERS = ["CNI-FORWARD-OWNERS"];

/** A table of each family that containers have been attached by. */
function tables(
  host: Host,
  owners: readonly (readonly [Sandbox, number])[],
): readonly string[] {
  const chains = owners.length === 0 ? [] : OWNERS;
  const of = (cidrOf: (number: number) => string) => {
    const all = owners.map(([sandbox, number]) =>
      rulesOf(host, sandbox, cidrOf(number))
    );
    const accepts = all.flatMap((rules) => rules.slice(0, 2));
    const owns = all.map((rules) => rules[2]!);
    return filterWith([...accepts, ...owns], chains);
  };
  return [
    ...of((number) => `10.1.2.${number}/32`),
    ...of((number) => `fd00:1::${number}/128`),
  ];
}

/** A container's result with another number in its addresses. */
function numbered(host: Host, sandbox: Sandbox, number: number): Any {
  const addresses = [`10.1.2.${number}/24`, `fd00:1::${number}/64`];
  return resultFor(host, sandbox, addresses);
}

kernelTest(
  "firewall: ADD lets a container pass, DEL takes that back",
  async (host, t) => {
    for (const cniVersion of ["0.4.0", "1.0.0", "1.1.0"]) {
      await t.step(cniVersion, async () => {
        const sandbox = await host.addSandbox();
        const { cniVersion: _, ips, ...rest } = resultFor(host, sandbox);
        const version = (address: string) => address.includes(":") ? "6" : "4";
        const prevResult = {
          cniVersion,
          ...rest,
          ips: cniVersion === "0.4.0"
            ? ips.map((ip: Any) => ({ version: version(ip.address), ...ip }))
            : ips,
          ...(cniVersion === "0.4.0" ? { dns: {} } : {}),
        };
        const call = firewallCall(host, sandbox, { cniVersion, prevResult });
        assertEquals(await mustCall(host, "firewall", call), prevResult);
        assertEquals(await filterOf(host), tables(host, [[sandbox, 3]]));
        await mustCall(host, "firewall", { ...call, command: "CHECK" });
        // A second one finds all there.
        await mustCall(host, "firewall", call);
        assertEquals(await filterOf(host), tables(host, [[sandbox, 3]]));
        const del = { ...call, command: "DEL" };
        await mustCall(host, "firewall", del);
        assertEquals(await filterOf(host), tables(host, []));
        await mustCall(host, "firewall", del);
        assertEquals(await filterOf(host), tables(host, []));
      });
    }
    await t.step(
      "older versions are not spoken, as by the reference",
      async () => {
        const sandbox = await host.addSandbox();
        const call = firewallCall(host, sandbox, { cniVersion: "0.3.1" });
        await mustFail(host, "firewall", { ...call, code: 1 });
      },
    );
  },
  NEEDS,
);

kernelTest("firewall: touches the families that there are", async (host) => {
  const sandbox = await host.addSandbox();
  const before = await filterOf(host);
  const prevResult = resultFor(host, sandbox, [`${IPV6}/64`]);
  const call = firewallCall(host, sandbox, { prevResult });
  await mustCall(host, "firewall", call);
  const after = await filterOf(host);
  const rules = rulesOf(host, sandbox, `${IPV6}/128`);
  assertEquals(after, [
    ...before.slice(0, 3),
    ...filterWith(rules, OWNERS),
  ]);
  const none = { ...prevResult, ips: [] };
  const other = firewallCall(host, sandbox, { prevResult: none });
  assertEquals((await mustCall(host, "firewall", other)).interfaces.length, 2);
  assertEquals(await filterOf(host), after);
}, NEEDS);

kernelTest(
  "firewall: ADD that fails at any step leaves nothing",
  async (host, t) => {
    const faults = createFaults(host);
    const env = { PATH: faults.path };
    const cases = {
      "alone": {},
      "with a policy": { ingressPolicy: "isolated" },
    };
    for (const [why, keys] of Object.entries(cases)) {
      await t.step(why, async () => {
        const sandbox = await host.addSandbox();
        const call = { ...firewallCall(host, sandbox, keys), env };
        const before = await filterOf(host);
        faults.arm(0);
        const other = await host.addNetns();
        const there = { ...host, ...other };
        await mustCall(there, "firewall", call);
        const steps = faults.count();
        // Two shells, and for each family a look and a transaction.
        assertEquals(steps, 6);
        for (let step = 1; step <= steps; step++) {
          faults.arm(step);
          const { status, stdout } = await callPlugin(host, "firewall", call);
          const fault = `step ${step}: ${faults.failed()}\n${stdout}`;
          assertEquals(status, 1, fault);
          assertEquals(await filterOf(host), before, fault);
        }
      });
    }
    await t.step("and what is in use as it was", async () => {
      const [one, two] = [await host.addSandbox(), await host.addSandbox()];
      const keys = { ingressPolicy: "same-bridge" };
      await mustCall(host, "firewall", firewallCall(host, one, keys));
      const before = await filterOf(host);
      const prevResult = numbered(host, two, 4);
      const call = firewallCall(host, two, { prevResult });
      for (let step = 1; step <= 6; step++) {
        faults.arm(step);
        const { status } = await callPlugin(host, "firewall", { ...call, env });
        assertEquals(status, 1, faults.failed());
        assertEquals(await filterOf(host), before, faults.failed());
      }
    });
  },
  { needs: ["flock", ...NEEDS.needs] },
);

kernelTest(
  "firewall: DEL of a container whose addresses another has got leaves them",
  async (host) => {
    const [old, next] = [await host.addSandbox(), await host.addSandbox()];
    await mustCall(host, "firewall", firewallCall(host, old));
    await mustCall(host, "firewall", firewallCall(host, next));
    const before = tables(host, [[next, 3]]);
    assertEquals(await filterOf(host), before);
    const del = { ...firewallCall(host, old), command: "DEL" };
    await mustCall(host, "firewall", del);
    assertEquals(await filterOf(host), before);
    const last = { ...firewallCall(host, next), command: "DEL" };
    await mustCall(host, "firewall", last);
    assertEquals(await filterOf(host), tables(host, []));
  },
  NEEDS,
);

kernelTest("firewall: DEL without prevResult", async (host, t) => {
  const keys = { prevResult: undefined };
  const add = async () => {
    const sandbox = await host.addSandbox();
    const other = await host.addSandbox();
    await mustCall(host, "firewall", firewallCall(host, sandbox));
    const prevResult = numbered(host, other, 4);
    const call = firewallCall(host, other, { prevResult });
    await mustCall(host, "firewall", call);
    return [sandbox, other] as const;
  };
  const del = (sandbox: Sandbox, netns: string) =>
    mustCall(host, "firewall", {
      ...firewallCall(host, sandbox, keys),
      netns,
      command: "DEL",
    });
  await t.step("the namespace is gone", async () => {
    const [sandbox, other] = await add();
    await del(sandbox, "/run/netns/cnitest-none");
    assertEquals(await filterOf(host), tables(host, [[other, 4]]));
    await del(other, "");
    assertEquals(await filterOf(host), tables(host, []));
  });
  await t.step("the interface tells the addresses", async () => {
    const [sandbox, other] = await add();
    await sandbox.ip("link add eth0 type veth peer name peer0");
    await sandbox.ip(`addr add ${IPV4}/24 dev eth0`);
    await sandbox.ip(`addr add ${IPV6}/64 dev eth0 nodad`);
    // As the reference leaves it.
    const owners = "-t filter -D CNI-FORWARD-OWNERS 1".split(" ");
    await host.must(["iptables", ...owners]);
    await host.must(["ip6tables", ...owners]);
    await del(sandbox, sandbox.path);
    assertEquals(await filterOf(host), tables(host, [[other, 4]]));
    await del(other, other.path);
  });
  await t.step("prevResult cannot be read", async () => {
    const [sandbox, other] = await add();
    const prevResult = { cniVersion: "1.0.0", ips: [{ address: "x" }] };
    const call = firewallCall(host, sandbox, { prevResult });
    const { status, stderr } = await callPlugin(host, "firewall", {
      ...call,
      command: "DEL",
    });
    assertEquals(status, 0);
    assertStringIncludes(stderr, "prevResult");
    assertEquals(await filterOf(host), tables(host, [[other, 4]]));
  });
}, NEEDS);

kernelTest("firewall: DEL reads little", async (host) => {
  const sandbox = await host.addSandbox();
  await mustCall(host, "firewall", firewallCall(host, sandbox));
  const keys = {
    backend: "none",
    iptablesAdminChainName: 5,
    firewalldZone: [],
    ingressPolicy: "sideways",
  };
  const call = firewallCall(host, sandbox, keys);
  await mustCall(host, "firewall", { ...call, command: "DEL" });
  assertEquals(await filterOf(host), tables(host, []));
}, NEEDS);

/** What is changed behind the plugin's back. */
const TAMPERED: Readonly<Record<string, string>> = {
  "the jump": "iptables -D FORWARD 2",
  "the administrator's chain": "iptables -D CNI-FORWARD 1",
  "what the container sends": "iptables -D CNI-FORWARD 3",
  "what answers the container": "ip6tables -D CNI-FORWARD 2",
  "the bridges": "iptables -D FORWARD 1",
  "the bridge itself": "ip6tables -D CNI-ISOLATION-STAGE-1 1",
  "all": "iptables -F; iptables -X",
  "the order": "iptables -D FORWARD 2 && iptables -I FORWARD 1 -j CNI-FORWARD",
};

kernelTest(
  "firewall: CHECK notices what was changed, and changes nothing",
  async (host, t) => {
    for (const [why, script] of Object.entries(TAMPERED)) {
      await t.step(why, async () => {
        const sandbox = await host.addSandbox();
        const there = { ...host, ...await host.addNetns() };
        const keys = { ingressPolicy: "isolated" };
        const call = firewallCall(host, sandbox, keys);
        await mustCall(there, "firewall", call);
        const check = { ...call, command: "CHECK" };
        await mustCall(there, "firewall", check);
        await there.must(["sh", "-c", script]);
        const before = await filterOf(there);
        const error = await mustFail(there, "firewall", {
          ...check,
          code: 999,
        });
        assertStringIncludes(error.details, "tables has no rule -");
        assertEquals(await filterOf(there), before);
        // The remedy that the error tells.
        await mustCall(there, "firewall", call);
        await mustCall(there, "firewall", check);
      });
    }
  },
  NEEDS,
);

kernelTest(
  "firewall: GC removes what is not valid, and only of its network",
  async (host) => {
    const add = async (number: number, name = host.network) => {
      const sandbox = await host.addSandbox();
      const prevResult = numbered(host, sandbox, number);
      const call = firewallCall(host, sandbox, { name, prevResult });
      await mustCall(host, "firewall", call);
      return sandbox;
    };
    const [valid, stale] = [await add(3), await add(4)];
    const other = await add(5, `${host.network}-other`);
    // Nobody knows whose this is.
    const foreign = "-A CNI-FORWARD -s 10.1.2.9/32 -j ACCEPT";
    await host.must(["iptables", ...foreign.split(" ")]);
    const gc = async (keys: object) => {
      const config = { cniVersion: "1.1.0", name: host.network, ...keys };
      await mustCall(host, "firewall", { command: "GC", config });
      return (await filterOf(host)).filter((line) => line.startsWith("-A"));
    };
    const of = (rules: readonly string[], number: number) =>
      rules.filter((line) =>
        line.includes(`10.1.2.${number}/32`) ||
        line.includes(`fd00:1::${number}/128`)
      ).length;
    const counts = (rules: readonly string[]) =>
      [3, 4, 5, 9].map((number) => of(rules, number));
    assertEquals(counts(await gc({})), [6, 6, 6, 1]);
    const list = [{ containerID: valid.containerId, ifname: "eth0" }];
    const key = "cni.dev/valid-attachments";
    assertEquals(counts(await gc({ [key]: list })), [6, 0, 6, 1]);
    assertEquals(counts(await gc({ [key]: [] })), [0, 0, 6, 1]);
    assert(stale !== other);
  },
  NEEDS,
);

kernelTest(
  "firewall: STATUS tells whether an ADD could be served",
  async (host, t) => {
    const status = (keys: object) => ({
      command: "STATUS",
      config: { cniVersion: "1.1.0", name: "n", type: "firewall", ...keys },
    });
    const before = await filterOf(host);
    await mustCall(host, "firewall", status({ backend: "iptables" }));
    await mustCall(host, "firewall", status({}));
    assertEquals(await filterOf(host), before);
    await t.step("a bad configuration", async () => {
      const call = status({ ingressPolicy: "sideways" });
      await mustFail(host, "firewall", { ...call, code: 7 });
    });
    await t.step("no iptables", async () => {
      forgetTrials();
      const call = {
        ...status({ backend: "iptables" }),
        wrapper: hidden(host),
      };
      const { details } = await mustFail(host, "firewall", {
        ...call,
        code: 50,
      });
      assertStringIncludes(details, "iptables");
    });
    await t.step("no firewalld", async () => {
      const address = `unix:path=${host.scratchDir}/none`;
      const env = { DBUS_SYSTEM_BUS_ADDRESS: address };
      const call = { ...status({ backend: "firewalld" }), env };
      const { details } = await mustFail(host, "firewall", {
        ...call,
        code: 50,
      });
      assertStringIncludes(details, "firewalld");
    });
  },
  { needs: ["unshare", "mount", ...NEEDS.needs] },
);

/** Runs a plugin where there is no iptables of any kind. */
function hidden(host: Host): readonly string[] {
  const script = `cd "$(dirname "$(command -v iptables)")"
mount --bind . "$1/real" && cp -as "$1/real/." "$1/rest"
rm "$1"/rest/*tables*
mount --bind "$1/rest" .
cd /
shift
exec "$@"`;
  const folder = `${host.scratchDir}/hidden-${crypto.randomUUID()}`;
  for (const name of ["real", "rest"]) {
    Deno.mkdirSync(`${folder}/${name}`, { recursive: true });
  }
  return ["unshare", "--mount", "sh", "-c", script, "sh", folder];
}

kernelTest(
  "firewall: without iptables ADD fails and DEL succeeds",
  async (host) => {
    const sandbox = await host.addSandbox();
    const call = firewallCall(host, sandbox);
    const error = await mustFail(host, "firewall", {
      ...call,
      wrapper: hidden(host),
      code: 999,
    });
    assertStringIncludes(error.details, "install the package iptables");
    const del = { ...call, command: "DEL" };
    await mustCall(host, "firewall", { ...del, wrapper: hidden(host) });
  },
  { needs: ["unshare", "mount", ...NEEDS.needs] },
);

/** Keys that must be refused with code 7, and what the error must name. */
const BAD: Readonly<Record<string, readonly [object, string]>> = {
  "an unknown backend": [{ backend: "nftables" }, "nftables"],
  "a backend that is a number": [{ backend: 1 }, "backend is 1"],
  "an unknown policy": [{ ingressPolicy: "sideways" }, "sideways"],
  "a policy that is a list": [{ ingressPolicy: [] }, "ingressPolicy"],
  "a chain with a line break": [
    { iptablesAdminChainName: "A\n-F FORWARD" },
    "-F FORWARD",
  ],
  "a chain's name that is too long": [
    { iptablesAdminChainName: "A".repeat(29) },
    "AAAA",
  ],
  "a built-in chain": [{ iptablesAdminChainName: "FORWARD" }, "FORWARD"],
  "a target": [{ iptablesAdminChainName: "LOG" }, '"LOG"'],
  "a target of nat": [{ iptablesAdminChainName: "MASQUERADE" }, "MASQUERADE"],
  "a target of IPv6": [{ iptablesAdminChainName: "SNPT" }, "SNPT"],
  "a zone that is an option": [{ firewalldZone: "--panic-on" }, "--panic-on"],
  "no prevResult": [{ prevResult: null }, "firewall"],
  "an address that is none": [
    { prevResult: { cniVersion: "1.0.0", ips: [{ address: "10.0.0/8" }] } },
    "10.0.0/8",
  ],
  "a policy without a bridge": [
    { ingressPolicy: "isolated", prevResult: { cniVersion: "1.0.0" } },
    "no interfaces",
  ],
};

kernelTest(
  "firewall: bad input is refused and changes nothing",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const before = await filterOf(host);
    for (const [why, [keys, named]] of Object.entries(BAD)) {
      await t.step(why, async () => {
        const call = firewallCall(host, sandbox, { ...keys });
        const error = await mustFail(host, "firewall", { ...call, code: 7 });
        assertStringIncludes(error.details, named);
        assertEquals(await filterOf(host), before);
      });
    }
    await t.step("the plugin's own namespace", async () => {
      const call = { ...firewallCall(host, sandbox), netns: host.path };
      for (const command of ["ADD", "DEL"]) {
        await mustFail(host, "firewall", { ...call, command, code: 8 });
      }
      assertEquals(await filterOf(host), before);
    });
  },
  NEEDS,
);

kernelTest("firewall: containers that come and go at once", async (host) => {
  const sandboxes = await Promise.all(
    Array.from({ length: 6 }, () => host.addSandbox()),
  );
  const call = (command: string) => (sandbox: Sandbox, index: number) => {
    const prevResult = numbered(host, sandbox, index + 3);
    const own = firewallCall(host, sandbox, { prevResult });
    return mustCall(host, "firewall", { ...own, command });
  };
  await Promise.all(sandboxes.map(call("ADD")));
  const all = sandboxes.map((one, index) => [one, index + 3] as const);
  const found = await filterOf(host);
  assertEquals(found.toSorted(), tables(host, all).toSorted());
  await Promise.all(sandboxes.map(call("DEL")));
  // Each may have seen the other's owner, so that neither removed the chain.
  assertEquals(withoutOwners(await filterOf(host)), tables(host, []));
}, NEEDS);

for (const force of ["", "1"]) {
  const how = force === "" ? "in process" : "as processes";
  kernelTest(
    `firewall: in a chain, ${how}, plan and act agree`,
    async (host) => {
      const folder = `${host.dataDir}/net.d`;
      await Deno.mkdir(folder, { recursive: true });
      const { bridge, network: name, dataDir } = host;
      const ipam = { type: "host-local", subnet: "10.37.0.0/24", dataDir };
      const plugins = [
        { type: "bridge", bridge, isGateway: true, ipam },
        { type: "firewall", backend: "iptables", ingressPolicy: "same-bridge" },
      ];
      const text = JSON.stringify({ cniVersion: "1.0.0", name, plugins });
      await Deno.writeTextFile(`${folder}/10.conflist`, text);
      const sandbox = await host.addSandbox();
      const env = { NETCONFPATH: folder, CNI_PATH: BIN, CNI_FORCE_EXEC: force };
      const tool = (...words: readonly string[]) =>
        host.must([`${BIN}/${words[0]}`, ...words.slice(1)], { env });
      const plan = await tool(
        "cni",
        "tool",
        "add",
        "--plan",
        name,
        sandbox.path,
      );
      assertStringIncludes(plan, "iptables -t filter -N CNI-ISOLATION-STAGE-1");
      const own = "-s 10.37.0.2/32 -j ACCEPT";
      assertStringIncludes(plan, `-A CNI-FORWARD ${own}`);
      await tool("cnitool", "add", name, sandbox.path);
      const rules = (await filterOf(host)).join("\n");
      assertStringIncludes(rules, own);
      assertStringIncludes(rules, `-o ${bridge} -m comment`);
      await tool("cnitool", "check", name, sandbox.path);
      const next = await tool(
        "cni",
        "tool",
        "del",
        "--plan",
        name,
        sandbox.path,
      );
      assertStringIncludes(next, `-D CNI-FORWARD ${own}`);
      await tool("cnitool", "del", name, sandbox.path);
      assert(!(await filterOf(host)).join("\n").includes("10.37.0.2"));
    },
    NEEDS,
  );
}

kernelTest(
  "firewall: what one kind of iptables has made, DEL by the other removes",
  async (host, t) => {
    const legacy = { PATH: await legacyPath(host) };
    const left = async () => {
      const script = "for f in iptables ip6tables; do $f-nft -S; " +
        "$f-legacy -S; done";
      const text = await host.must(["sh", "-c", script]);
      return text.split("\n").filter((line) => line.includes("-j ACCEPT"));
    };
    const env = { legacy, nft: {} };
    for (const [made, removed] of [["legacy", "nft"], ["nft", "legacy"]]) {
      await t.step(`${made}, then ${removed}`, async () => {
        const sandbox = await host.addSandbox();
        const call = firewallCall(host, sandbox);
        const add = { ...call, env: env[made as keyof typeof env] };
        await mustCall(host, "firewall", add);
        assertEquals((await left()).length, 4);
        const del = { ...call, env: env[removed as keyof typeof env] };
        await mustCall(host, "firewall", { ...del, command: "DEL" });
        assertEquals(await left(), []);
      });
    }
  },
  { needs: [...NEEDS.needs, "iptables-legacy", "iptables-nft"] },
);
