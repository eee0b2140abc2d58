import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import {
  type Any,
  BIN,
  callPlugin,
  createFaults,
  kernelTest,
  mustCall,
  mustFail,
  mustPing,
  type Sandbox,
} from "./_harness.ts";
import {
  addTunable,
  ATTRIBUTES,
  MAC,
  notesIn,
  savedIn,
  SYSCTLS,
  tunedStateOf,
  tuningCall,
  tuningDirOf,
} from "./_tuning.ts";
import { forgetTrials } from "./_trials.ts";

const TUNED = {
  ...ATTRIBUTES,
  sysctls: ["501", "20000 50000", "1", "0"],
};

/** The keys of `saved` as the reference writes them. */
function savedText({ mac, promisc, mtu, allmulti, txQLen }: Any): string {
  return JSON.stringify({ mac, promisc, mtu, allmulti, txQLen }, null, 1);
}

kernelTest(
  "tuning: ADD sets all that is asked for, DEL puts attributes back",
  async (host) => {
    const sandbox = await addTunable(host);
    const before = await tunedStateOf(sandbox);
    const keys = { ...ATTRIBUTES, sysctl: SYSCTLS };
    const call = tuningCall(host, sandbox, keys);
    const result = await mustCall(host, "tuning", call);
    const [bridge, eth0] = sandbox.prevResult.interfaces;
    assertEquals(result, {
      ...sandbox.prevResult,
      interfaces: [bridge, { ...eth0, mac: MAC }],
    });
    assertEquals(await tunedStateOf(sandbox), TUNED);
    const fileName = `${sandbox.containerId}_eth0.json`;
    assertEquals(savedIn(host), { [fileName]: savedText(before) });
    const path = `${tuningDirOf(host)}/${fileName}`;
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    const check = { ...call, command: "CHECK" };
    await mustCall(host, "tuning", check);
    const { prevResult: _, ...config } = call.config as Any;
    const del = { ...call, config, command: "DEL" };
    await mustCall(host, "tuning", del);
    // Parameters go with the namespace.
    assertEquals(await tunedStateOf(sandbox), {
      ...before,
      sysctls: TUNED.sysctls,
    });
    assertEquals([savedIn(host), notesIn(host)], [{}, []]);
    await mustCall(host, "tuning", del);
  },
);

kernelTest("tuning: passes results of every version on", async (host, t) => {
  const sandbox = await addTunable(host);
  const { interfaces } = sandbox.prevResult;
  const [ip] = sandbox.prevResult.ips;
  const resultOf = (cniVersion: string) => {
    if (cniVersion < "0.3.0") return { ip4: { ip: ip.address }, dns: {} };
    const version = cniVersion < "1.0.0" ? { version: "4" } : {};
    const dns = cniVersion < "1.0.0" ? { dns: {} } : {};
    return { interfaces, ips: [{ ...version, ...ip }], ...dns };
  };
  for (const cniVersion of SPEC_VERSIONS) {
    await t.step(cniVersion, async () => {
      const prevResult = { cniVersion, ...resultOf(cniVersion) };
      const keys = { cniVersion, prevResult, mtu: 1300, txQLen: 10 };
      const call = tuningCall(host, sandbox, keys);
      assertEquals(await mustCall(host, "tuning", call), prevResult);
      assertEquals((await tunedStateOf(sandbox)).mtu, 1300);
      await mustCall(host, "tuning", { ...call, command: "DEL" });
      assertEquals((await tunedStateOf(sandbox)).mtu, 1500);
    });
  }
});

kernelTest(
  "tuning: starts nothing where nothing is asked for",
  async (host) => {
    const sandbox = await addTunable(host);
    const faults = createFaults(host);
    faults.arm(0);
    const env = { PATH: faults.path };
    const call = { ...tuningCall(host, sandbox, { mtu: 0 }), env };
    const result = await mustCall(host, "tuning", call);
    assertEquals(result, sandbox.prevResult);
    for (const command of ["CHECK", "DEL"]) {
      await mustCall(host, "tuning", { ...call, command });
    }
    assertEquals(faults.count(), 0);
    assertEquals(savedIn(host), {});
  },
  { needs: ["flock"] },
);

kernelTest("tuning: the runtime's wishes count", async (host) => {
  const sandbox = await addTunable(host);
  const keys = {
    mac: "02:00:00:00:00:99",
    mtu: 1200,
    runtimeConfig: { mac: MAC.toUpperCase() },
    args: { cni: { mtu: 1400, sysctl: { "net.core.somaxconn": "502" } } },
  };
  const call = tuningCall(host, sandbox, keys);
  const args = "IgnoreUnknown=1;K8S_POD_NAME=a;MAC=02:00:00:00:00:98";
  const result = await mustCall(host, "tuning", { ...call, args });
  assertEquals(result.interfaces[1].mac, MAC);
  const { mac, mtu, sysctls } = await tunedStateOf(sandbox);
  assertEquals([mac, mtu, sysctls[0]], [MAC, 1400, "502"]);
  // The reference's CHECK would not know its own result again.
  const check = { ...call, args, command: "CHECK" };
  const config = { ...call.config, prevResult: result };
  await mustCall(host, "tuning", { ...check, config });
});

kernelTest(
  "tuning: parameters are set in order, those that are only written too",
  async (host) => {
    const sandbox = await addTunable(host);
    const sysctl = {
      "net.ipv4.conf.all.forwarding": "1",
      "net.ipv4.conf.IFNAME.forwarding": "0",
      "net.ipv4.route.flush": "1",
      "net.ipv4.ip_local_reserved_ports": "8080,9000-9100",
    };
    const call = tuningCall(host, sandbox, { sysctl });
    await mustCall(host, "tuning", call);
    const folder = "/proc/sys/net/ipv4/";
    const paths = ["conf/all/forwarding", "conf/eth0/forwarding"];
    const files = [...paths, "ip_local_reserved_ports"].map((path) =>
      folder + path
    );
    const values = await sandbox.must(["cat", ...files]);
    assertEquals(values, "1\n0\n8080,9000-9100\n");
    await mustCall(host, "tuning", { ...call, command: "CHECK" });
    const none = { "net.ipv4.ip_local_reserved_ports": "" };
    const other = tuningCall(host, sandbox, { sysctl: none });
    await mustCall(host, "tuning", other);
    await mustCall(host, "tuning", { ...other, command: "CHECK" });
  },
);

kernelTest(
  "tuning: an interface with a dot in its name is named by IFNAME",
  async (host) => {
    const sandbox = await addTunable(host);
    await sandbox.ip("link add eth0.7 type veth peer name eth0.8");
    const sysctl = { "net.ipv4.conf.IFNAME.arp_filter": "1" };
    const call = tuningCall(host, sandbox, { sysctl, mtu: 1400 });
    await mustCall(host, "tuning", { ...call, ifname: "eth0.7" });
    const file = "/proc/sys/net/ipv4/conf/eth0.7/arp_filter";
    assertEquals(await sandbox.must(["cat", file]), "1\n");
    assertEquals(Object.keys(savedIn(host)), [
      `${sandbox.containerId}_eth0.7.json`,
    ]);
  },
);

kernelTest(
  "tuning: an interface with a dot in its name, in sysctl(8)'s spellings",
  async (host) => {
    const sandbox = await addTunable(host);
    await sandbox.ip("link add eth0.7 type veth peer name eth0.8");
    const sysctl = {
      "net/ipv4/conf/eth0.7/arp_filter": "1",
      "net.ipv4.conf.eth0/8.arp_filter": "1",
      "net.ipv6.neigh.eth0.7.gc_stale_time": "77",
    };
    const call = tuningCall(host, sandbox, { sysctl });
    await mustCall(host, "tuning", call);
    await mustCall(host, "tuning", { ...call, command: "CHECK" });
    const files = [
      ...["ipv4/conf/eth0.7/arp_filter", "ipv4/conf/eth0.8/arp_filter"],
      "ipv6/neigh/eth0.7/gc_stale_time",
    ].map((path) => `/proc/sys/net/${path}`);
    assertEquals(await sandbox.must(["cat", ...files]), "1\n1\n77\n");
  },
);

/** Addresses of a host and its neighbour, and how to look at the neighbour. */
const NEIGHBOURS = {
  "IPv4": ["10.9.8.1/24", "10.9.8.2/24"],
  "IPv6": ["fd00:9::1/64 nodad", "fd00:9::2/64 nodad"],
} as const;

for (const [family, [near, far]] of Object.entries(NEIGHBOURS)) {
  for (const isOn of ["0", "1"]) {
    kernelTest(
      `tuning: neighbours learn of a new hardware address, ${family}, ${isOn}`,
      async (host) => {
        const sandbox = await host.addSandbox();
        await host.ip(
          `link add near0 type veth peer name eth0 netns ${sandbox.path}`,
        );
        await host.ip("link set near0 up");
        await sandbox.ip("link set eth0 up");
        await host.ip(`addr add ${near} dev near0`);
        await sandbox.ip(`addr add ${far} dev eth0`);
        const notices = ["ipv4.conf.eth0.arp", "ipv6.conf.eth0.ndisc"]
          .map((name) => `net.${name}_notify`);
        const values = notices.map((name) => `${name}=${isOn}`);
        await sandbox.must(["sysctl", "-qw", ...values]);
        const address = far.replace(/\/.*/, "");
        await mustPing(host, address);
        // The kernel keeps an ARP entry that is younger than a second.
        await new Promise((resolve) => setTimeout(resolve, 1100));
        const prevResult = {
          cniVersion: "1.0.0",
          interfaces: [{ name: "eth0", sandbox: sandbox.path }],
        };
        const call = tuningCall(host, { ...sandbox, prevResult }, { mac: MAC });
        await mustCall(host, "tuning", call);
        const shown = await host.ip(`-j neigh show ${address} dev near0`);
        assertEquals(JSON.parse(shown)[0].lladdr, MAC);
        const now = await sandbox.must(["sysctl", "-n", ...notices]);
        assertEquals(now, `${isOn}\n${isOn}\n`);
      },
      { needs: ["ping"] },
    );
  }
}

kernelTest(
  "tuning: a second ADD keeps the values from before the first",
  async (host) => {
    const sandbox = await addTunable(host);
    const before = await tunedStateOf(sandbox);
    const call = tuningCall(host, sandbox, ATTRIBUTES);
    await mustCall(host, "tuning", call);
    const saved = savedIn(host);
    await mustCall(host, "tuning", call);
    assertEquals(savedIn(host), saved);
    await mustCall(host, "tuning", { ...call, command: "DEL" });
    assertEquals(await tunedStateOf(sandbox), before);
  },
);

kernelTest(
  "tuning: ADD that fails at any step leaves nothing",
  async (host) => {
    const sandbox = await addTunable(host);
    const before = await tunedStateOf(sandbox);
    const faults = createFaults(host);
    const env = { PATH: faults.path };
    const keys = { ...ATTRIBUTES, sysctl: SYSCTLS };
    const call = { ...tuningCall(host, sandbox, keys), env };
    // Parameters stay after a DEL: a second container shows what an ADD takes.
    faults.arm(0);
    const other = await addTunable(host);
    const whole = tuningCall(host, other, keys);
    await mustCall(host, "tuning", { ...whole, env });
    await mustCall(host, "tuning", { ...whole, command: "DEL" });
    const steps = faults.count();
    assert(steps >= 7, `${steps} steps`);
    for (let step = 1; step <= steps; step++) {
      faults.arm(step);
      const { status, stdout } = await callPlugin(host, "tuning", call);
      const fault = `step ${step}: ${faults.failed()}\n${stdout}`;
      assertEquals(status, 1, fault);
      assertEquals(await tunedStateOf(sandbox), before, fault);
      assertEquals([savedIn(host), notesIn(host)], [{}, []], fault);
    }
  },
  { needs: ["flock"] },
);

kernelTest(
  "tuning: ADD with what the kernel does not take leaves nothing",
  async (host, t) => {
    const cases: Readonly<Record<string, readonly [object, number]>> = {
      "a value that is none": [
        { sysctl: { ...SYSCTLS, "net.ipv4.ip_default_ttl": "xyz" } },
        7,
      ],
      "an MTU that is too small": [{ sysctl: SYSCTLS, mac: MAC, mtu: 20 }, 999],
      "an interface that is not there": [{ sysctl: {}, mtu: 1400 }, 999],
    };
    for (const [why, [keys, code]] of Object.entries(cases)) {
      await t.step(why, async () => {
        const sandbox = await addTunable(host);
        const before = await tunedStateOf(sandbox);
        const ifname = why.includes("not there") ? "eth9" : "eth0";
        const call = { ...tuningCall(host, sandbox, { ...keys }), ifname };
        const { msg, details } = await mustFail(host, "tuning", {
          ...call,
          code,
        });
        assert(`${msg} ${details}`.length > 20, msg);
        assertEquals(await tunedStateOf(sandbox), before);
        assertEquals([savedIn(host), notesIn(host)], [{}, []]);
      });
    }
  },
);

/** Keys that must be refused with code 7, and what the error must name. */
const BAD: Readonly<Record<string, readonly [object, string]>> = {
  "a parameter of another folder": [
    { sysctl: { "kernel.hostname": "a" } },
    "kernel.hostname",
  ],
  "a way out": [{ sysctl: { "net/../kernel/hostname": "a" } }, ".."],
  "a parameter of the first namespace only": [
    { sysctl: { "net.core.netdev_max_backlog": "5" } },
    "net.core.netdev_max_backlog",
  ],
  "a parameter that is not there": [
    { sysctl: { "net.ipv4.conf.eth9.arp_filter": "1" } },
    "net.ipv4.conf.eth9.arp_filter",
  ],
  "a folder of parameters": [
    { sysctl: { "net.ipv4.conf.eth0": "1" } },
    "folder of parameters",
  ],
  "a folder, as a path": [{ sysctl: { "net/ipv4/": "1" } }, "net/ipv4/"],
  "a folder of sysctl(8)'s spelling": [
    { sysctl: { "net/ipv4/neigh": "1" } },
    "folder of parameters",
  ],
  "a value that is a number": [{ sysctl: { "net.core.somaxconn": 5 } }, "5"],
  "a value of two lines": [{ sysctl: { "net.core.somaxconn": "5\n6" } }, "5"],
  "a MAC that is none": [{ mac: "hello" }, "hello"],
  "a MAC of a group": [{ mac: "01:00:5e:00:00:01" }, "01:00:5e"],
  "an MTU that is a text": [{ mtu: "1400" }, "1400"],
  "an MTU below zero": [{ mtu: -5 }, "-5"],
  "promisc that is a text": [{ promisc: "yes" }, "yes"],
  "a queue that is endless": [{ txQLen: 4294967296 }, "4294967296"],
  "a folder that may not be used": [{ dataDir: "/root/tuning" }, "/root"],
  "no prevResult": [{ prevResult: null }, "tuning"],
};

kernelTest(
  "tuning: bad input is refused and changes nothing",
  async (host, t) => {
    const sandbox = await addTunable(host);
    const before = await tunedStateOf(sandbox);
    for (const [why, [keys, named]] of Object.entries(BAD)) {
      await t.step(why, async () => {
        // With something else that could be done before the fault is found.
        const sysctl = { ...SYSCTLS, ...(keys as Any).sysctl };
        const call = tuningCall(host, sandbox, { mtu: 1400, ...keys, sysctl });
        const error = await mustFail(host, "tuning", { ...call, code: 7 });
        assertStringIncludes(error.details, named);
        assertEquals(await tunedStateOf(sandbox), before);
        assertEquals(savedIn(host), {});
      });
    }
    await t.step("a name that is given twice", async () => {
      const call = tuningCall(host, sandbox, { sysctl: { "net.a": "1" } });
      const config = JSON.stringify(call.config)
        .replace('"net.a":"1"', '"net.core.a":"1","net.core.a":"1"');
      await mustFail(host, "tuning", { ...call, config, code: 7 });
    });
    await t.step("CNI_ARGS", async () => {
      const call = { ...tuningCall(host, sandbox, {}), code: 4, args: "A=B" };
      await mustFail(host, "tuning", call);
    });
  },
);

kernelTest("tuning: a namespace that is none is code 8", async (host, t) => {
  const sandbox = await addTunable(host);
  const cases = {
    "no such file": "/run/netns/cnitest-none",
    "a plain file": "/etc/hostname",
    "the plugin's own": host.path,
  };
  for (const [why, netns] of Object.entries(cases)) {
    for (const keys of [{ mtu: 1400 }, { sysctl: SYSCTLS }]) {
      await t.step(`${why}: ${Object.keys(keys)}`, async () => {
        const call = tuningCall(host, sandbox, keys);
        await mustFail(host, "tuning", { ...call, netns, code: 8 });
        assertEquals(savedIn(host), {});
      });
    }
  }
  await t.step("DEL: the plugin's own", async () => {
    const call = tuningCall(host, sandbox, { mtu: 1400 });
    await mustCall(host, "tuning", call);
    const del = { ...call, command: "DEL" };
    await mustFail(host, "tuning", { ...del, netns: host.path, code: 8 });
    await mustCall(host, "tuning", del);
  });
  await t.step("the plugin's own, when that is allowed", async () => {
    const inside = { ...host, ...sandbox };
    const call = tuningCall(host, sandbox, { mtu: 1400 });
    const env = { CNI_NETNS_OVERRIDE: "1" };
    await mustCall(inside, "tuning", { ...call, env });
    assertEquals((await tunedStateOf(sandbox)).mtu, 1400);
  });
});

kernelTest("tuning: DEL forgets an interface that is gone", async (host, t) => {
  const cases: Readonly<
    Record<string, (sandbox: Sandbox) => Promise<string>>
  > = {
    "the namespace is gone": async ({ path }) => {
      await host.must(["ip", "netns", "del", path.split("/").at(-1)!]);
      return path;
    },
    "no namespace is given": () => Promise.resolve(""),
    "the interface is gone": async (sandbox) => {
      await sandbox.ip("link del eth0");
      return sandbox.path;
    },
  };
  for (const [why, lose] of Object.entries(cases)) {
    await t.step(why, async () => {
      const sandbox = await addTunable(host);
      const call = tuningCall(host, sandbox, ATTRIBUTES);
      await mustCall(host, "tuning", call);
      const netns = await lose(sandbox);
      await mustCall(host, "tuning", { ...call, netns, command: "DEL" });
      assertEquals([savedIn(host), notesIn(host)], [{}, []]);
    });
  }
});

kernelTest(
  "tuning: DEL removes a file that holds no values, and says so",
  async (host) => {
    const sandbox = await addTunable(host);
    const call = tuningCall(host, sandbox, ATTRIBUTES);
    await mustCall(host, "tuning", call);
    const path = `${tuningDirOf(host)}/${sandbox.containerId}_eth0.json`;
    await Deno.writeTextFile(path, "{");
    const del = { ...call, command: "DEL" };
    const { status, stderr } = await callPlugin(host, "tuning", del);
    assertEquals(status, 0);
    assertStringIncludes(stderr, path);
    assertEquals(savedIn(host), {});
  },
);

kernelTest(
  "tuning: DEL keeps what it could not put back, and says so",
  async (host) => {
    const sandbox = await addTunable(host);
    const call = tuningCall(host, sandbox, ATTRIBUTES);
    await mustCall(host, "tuning", call);
    const saved = savedIn(host);
    const faults = createFaults(host);
    // The shell, then `ip`'s first line: the MTU.
    faults.arm(3);
    const env = { PATH: faults.path };
    const del = { ...call, command: "DEL" };
    const { status, stderr } = await callPlugin(host, "tuning", {
      ...del,
      env,
    });
    assertEquals(status, 0);
    assertStringIncludes(faults.failed(), "mtu 1500");
    assertStringIncludes(stderr, "injected fault");
    assertEquals(savedIn(host), saved);
    // All the others were put back.
    const { mtu, mac } = await tunedStateOf(sandbox);
    assertEquals([mtu, mac], [1400, JSON.parse(Object.values(saved)[0]!).mac]);
    await mustCall(host, "tuning", del);
    assertEquals((await tunedStateOf(sandbox)).mtu, 1500);
  },
  { needs: ["flock"] },
);

/** What is changed behind the plugin's back, and what the error names. */
const TAMPERED: Readonly<Record<string, readonly [string, string]>> = {
  "mac": ["ip link set eth0 address 02:00:00:00:00:77", "mac"],
  "promisc": ["ip link set eth0 promisc off", "promisc"],
  "mtu": ["ip link set eth0 mtu 1399", "mtu"],
  "allmulti": ["ip link set eth0 allmulticast off", "allmulti"],
  "txQLen": ["ip link set eth0 txqueuelen 7", "txQLen"],
  "a parameter": [
    "echo 20000 50001 >/proc/sys/net/ipv4/ip_local_port_range",
    "net.ipv4.ip_local_port_range",
  ],
  "the interface is gone": ["ip link del eth0", "eth0"],
};

kernelTest("tuning: CHECK notices what was changed", async (host, t) => {
  const keys = { ...ATTRIBUTES, sysctl: SYSCTLS };
  for (const [why, [script, named]] of Object.entries(TAMPERED)) {
    await t.step(why, async () => {
      const sandbox = await addTunable(host);
      const call = tuningCall(host, sandbox, keys);
      await mustCall(host, "tuning", call);
      const check = { ...call, command: "CHECK" };
      await mustCall(host, "tuning", check);
      await sandbox.must(["sh", "-c", script]);
      const error = await mustFail(host, "tuning", { ...check, code: 999 });
      assertStringIncludes(`${error.msg} ${error.details}`, named);
    });
  }
  await t.step("a parameter is gone", async () => {
    const sandbox = await addTunable(host);
    const call = tuningCall(host, sandbox, { sysctl: SYSCTLS });
    await mustCall(host, "tuning", call);
    await sandbox.ip("link del eth0");
    const check = { ...call, command: "CHECK", code: 999 };
    const { msg } = await mustFail(host, "tuning", check);
    assertStringIncludes(msg, "net/ipv4/conf/IFNAME/arp_filter");
  });
  await t.step("promisc that is not configured does not count", async () => {
    const sandbox = await addTunable(host);
    const call = tuningCall(host, sandbox, { mtu: 1400 });
    await mustCall(host, "tuning", call);
    await sandbox.ip("link set eth0 promisc on");
    await mustCall(host, "tuning", { ...call, command: "CHECK" });
  });
});

kernelTest(
  "tuning: GC forgets what is not valid, and only of its network",
  async (host) => {
    const add = async (keys: object) => {
      const sandbox = await addTunable(host);
      await mustCall(host, "tuning", tuningCall(host, sandbox, { ...keys }));
      return sandbox;
    };
    const newest = { cniVersion: "1.1.0", ...ATTRIBUTES };
    const [valid, stale] = [await add(newest), await add(newest)];
    const other = await add({ ...newest, name: "other" });
    const folder = tuningDirOf(host);
    // Of the reference: nothing tells its network.
    await Deno.writeTextFile(
      `${folder}/foreign_eth0.json`,
      '{\n "mtu": 1500\n}',
    );
    const gc = async (keys: object) => {
      const { config } = tuningCall(host, valid, { ...newest, ...keys });
      await mustCall(host, "tuning", { command: "GC", config });
      return Object.keys(savedIn(host)).sort();
    };
    const nameOf = ({ containerId }: Sandbox) => `${containerId}_eth0.json`;
    // As the reference's DEL, which knows of no notes.
    const leaveNote = async () => {
      const sandbox = await add(newest);
      await Deno.remove(`${folder}/${nameOf(sandbox)}`);
      assertEquals(notesIn(host).includes(nameOf(sandbox)), true);
      return sandbox;
    };
    await leaveNote();
    const twice = await leaveNote();
    await mustCall(host, "tuning", {
      ...tuningCall(host, twice, newest),
      command: "DEL",
    });
    assertEquals(notesIn(host).includes(nameOf(twice)), false);
    const all = ["foreign_eth0.json", ...[valid, stale, other].map(nameOf)];
    assertEquals(await gc({}), all.toSorted());
    const list = [{ containerID: valid.containerId, ifname: "eth0" }];
    const key = "cni.dev/valid-attachments";
    const left = all.filter((name) => name !== nameOf(stale)).toSorted();
    assertEquals(await gc({ [key]: list }), left);
    const rest = left.filter((name) => name !== nameOf(valid));
    const otherIf = [{ containerID: valid.containerId, ifname: "eth1" }];
    assertEquals(await gc({ [key]: otherIf }), rest);
    assertEquals(notesIn(host), [nameOf(other)]);
  },
);

kernelTest(
  "tuning: STATUS tells whether an ADD could be served",
  async (host, t) => {
    const sandbox = await addTunable(host);
    const status = (keys: object) => ({
      ...tuningCall(host, sandbox, {
        cniVersion: "1.1.0",
        prevResult: undefined,
        ...keys,
      }),
      command: "STATUS",
    });
    await mustCall(host, "tuning", status({}));
    await mustCall(host, "tuning", status({ ...ATTRIBUTES, sysctl: SYSCTLS }));
    await t.step("a bad configuration", async () => {
      await mustFail(host, "tuning", { ...status({ mtu: "x" }), code: 7 });
    });
    await t.step("a program is missing", async () => {
      const hide = 'mount --bind /dev/null "$(readlink -f "$(command -v ip)")"';
      const wrapper = ["unshare", "--mount", "sh", "-c", `${hide}; exec "$@"`];
      const call = { ...status({ mtu: 1400 }), wrapper: [...wrapper, "sh"] };
      forgetTrials();
      const { details } = await mustFail(host, "tuning", { ...call, code: 50 });
      assertStringIncludes(details, "ip");
      await mustCall(host, "tuning", { ...call, ...status({}) });
    });
  },
  { needs: ["unshare", "mount"] },
);

kernelTest(
  "tuning: the administrator's file has the last word",
  async (host, t) => {
    // A copy of /etc in a mount namespace of its own: the machine's stays.
    const etc = `${host.scratchDir}/etc`;
    await host.must(["cp", "-a", "/etc", etc]);
    await Deno.mkdir(`${etc}/cni/tuning`, { recursive: true });
    const file = `${etc}/cni/tuning/allowlist.conf`;
    const script = `mount --bind '${etc}' /etc && exec "$@"`;
    const wrapper = ["unshare", "--mount", "sh", "-c", script, "sh"];
    const sandbox = await addTunable(host);
    const before = await tunedStateOf(sandbox);
    const call = (keys: object = { sysctl: SYSCTLS }) => ({
      ...tuningCall(host, sandbox, { mtu: 1400, ...keys }),
      wrapper,
    });
    await t.step("not all are allowed", async () => {
      await Deno.writeTextFile(file, "^net\\.core\\.\nIFNAME/arp_filter$\n");
      const error = await mustFail(host, "tuning", { ...call(), code: 7 });
      assertStringIncludes(error.msg, "net.ipv4.ip_local_port_range");
      assertEquals(await tunedStateOf(sandbox), before);
      const status = { ...call({ cniVersion: "1.1.0", sysctl: SYSCTLS }) };
      await mustFail(host, "tuning", { ...status, command: "STATUS", code: 7 });
    });
    await t.step("no expression", async () => {
      await Deno.writeTextFile(file, "net(\n");
      await mustFail(host, "tuning", { ...call(), code: 7 });
      await mustCall(host, "tuning", call({ sysctl: {} }));
    });
    await t.step("all are allowed", async () => {
      await Deno.writeTextFile(
        file,
        "^net\\.(core|ipv4)\\.\nIFNAME/arp_filter$",
      );
      await mustCall(host, "tuning", call());
      // It does not matter any more.
      await Deno.writeTextFile(file, "");
      await mustCall(host, "tuning", { ...call(), command: "CHECK" });
      await mustCall(host, "tuning", { ...call(), command: "DEL" });
    });
  },
  { needs: ["unshare", "mount", "cp"] },
);

for (const force of ["", "1"]) {
  const how = force === "" ? "in process" : "as processes";
  kernelTest(`tuning: in a chain, ${how}, plan and act agree`, async (host) => {
    const folder = `${host.dataDir}/net.d`;
    await Deno.mkdir(folder, { recursive: true });
    const { bridge, network: name, dataDir } = host;
    const ipam = { type: "host-local", subnet: "10.36.0.0/24", dataDir };
    const plugins = [
      { type: "bridge", bridge, ipam },
      {
        type: "tuning",
        capabilities: { mac: true },
        dataDir: tuningDirOf(host),
        mtu: 1400,
        sysctl: { "net.ipv4.conf.IFNAME.arp_filter": "1" },
      },
    ];
    const text = JSON.stringify({ cniVersion: "1.0.0", name, plugins });
    await Deno.writeTextFile(`${folder}/10.conflist`, text);
    const sandbox = await host.addSandbox();
    const env = {
      NETCONFPATH: folder,
      CNI_PATH: BIN,
      CNI_FORCE_EXEC: force,
      CAP_ARGS: JSON.stringify({ mac: MAC }),
    };
    const tool = (...words: readonly string[]) =>
      host.must([`${BIN}/${words[0]}`, ...words.slice(1)], { env });
    const result = JSON.parse(
      await tool("cnitool", "add", name, sandbox.path),
    );
    assertEquals(result.interfaces[2].mac, MAC);
    const state = await tunedStateOf(sandbox);
    assertEquals([state.mac, state.mtu, state.sysctls[2]], [MAC, 1400, "1"]);
    await tool("cnitool", "check", name, sandbox.path);
    const plan = await tool("cni", "tool", "del", "--plan", name, sandbox.path);
    assertStringIncludes(plan, "link set dev eth0 mtu 1500");
    await tool("cnitool", "del", name, sandbox.path);
    assertEquals(savedIn(host), {});
    const next = await tool("cni", "tool", "add", "--plan", name, sandbox.path);
    assertStringIncludes(next, "link set dev eth0 mtu 1400");
    assertStringIncludes(next, "sysctl -w net/ipv4/conf/eth0/arp_filter=1");
  });
}
