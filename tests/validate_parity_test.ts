import { assertEquals, assertMatch } from "@std/assert";
import {
  dispatch,
  type Key,
  type Keys,
  type Plugin,
  readRequest,
} from "../lib/plugin/mod.ts";
import { readNetwork } from "../lib/runtime/mod.ts";
import { attachmentInput } from "../lib/runtime/plugin_input.ts";
import {
  CniError,
  isJsonObject,
  isSpecVersion,
  type Json,
  type JsonObject,
  resultToJson,
  SPEC_VERSIONS,
} from "../lib/spec/mod.ts";
import { registryFor } from "../plugins/mod.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { validateFiles } from "../tool/validate/validate_files.ts";

const REGISTRY = registryFor("linux");

/** A list of plugins, by why it is tried. */
type Case = readonly [why: string, list: JsonObject];

/** What each plugin needs to be accepted; of IPAM plugins, in `ipam`. */
const BASES: Readonly<Record<string, JsonObject>> = {
  "bandwidth": {},
  "bridge": {},
  "dummy": {
    ipam: { type: "static", addresses: [{ address: "10.1.0.2/16" }] },
  },
  "firewall": {},
  "flannel": {},
  "host-device": { device: "eth1" },
  "host-local": { ranges: [[{ subnet: "10.1.0.0/16" }]] },
  "loopback": {},
  "macvlan": {},
  "portmap": {},
  "ptp": { ipam: { type: "static", addresses: [{ address: "10.1.0.2/16" }] } },
  "sample": { anotherAwesomeArg: "hello" },
  "sbr": {},
  "static": { addresses: [{ address: "10.1.0.2/16", gateway: "10.1.0.1" }] },
  "tap": {},
  "tuning": {},
};

/** Values of every type, and texts that mean something to someone. */
const VALUES: readonly Json[] = [
  ...[null, "", "x", "a b", "a/b", "../x", "10.1.0.5", "10.1.0.5/16"],
  ...["02:00:00:00:00:01", "01:00:5e:00:00:01", "fd00::1", "1500", "-F"],
  ...[0, 1, -1, 7, 8, 67, 68, 1.5, 65536, 2 ** 32, 2 ** 53, true, false],
  ...[[], [null], [1], ["x"], ["10.0.0.1"], ["10.0.0.0/8"], [[]], [{}]],
  ...[{}, { x: 1 }, { type: "a/b" }, { type: 1 }, { name: "x" }],
];

const PATHS = ["/", "/etc", "/etc/passwd", "/var/lib/cni/x", "/run/cni/x", "."];

/** Values for a key: those of all types, its bounds, its choices. */
function valuesFor({ min, max, choices = [], holds, example }: Key) {
  const bounds = [min, max].flatMap((one) =>
    one === undefined ? [] : [one - 1, one, one + 1]
  );
  return [
    ...VALUES,
    ...bounds,
    ...choices.flatMap((one) => [one, one.toUpperCase()]),
    ...(example === undefined ? [] : [example]),
    ...(holds === "path" ? PATHS : []),
  ];
}

/** A list in which a plugin comes where it belongs. */
function listOf(
  name: string,
  { own = BASES[name]!, more = {} }: {
    readonly own?: JsonObject;
    readonly more?: JsonObject;
  } = {},
): JsonObject {
  const role = ROLES.get(name);
  const object = role === "ipam"
    ? { type: "other", ipam: { ...own, type: name }, ...more }
    : { ...own, ...more, type: name };
  const before = role === "meta" ? [{ type: "other" }] : [];
  return { ...NETWORK, plugins: [...before, object] };
}

const NETWORK = { cniVersion: "1.0.0", name: "net1" };

const PLUGINS = new Map<string, Plugin>();
for (const [name, load] of REGISTRY) PLUGINS.set(name, await load());

const ROLES = new Map(
  [...PLUGINS].map(([name, { settings }]) => [name, settings!.role]),
);

/** Every key of a plugin with every value. */
function* keyCases(name: string): Generator<Case> {
  const { keys, capabilities = {}, args = {} } = PLUGINS.get(name)!.settings!;
  const base = BASES[name]!;
  for (const [key, value] of pairsOf(keys)) {
    const own = { ...base, [key]: value };
    yield [`${key} ${textOf(value)}`, listOf(name, { own })];
  }
  for (const [key, value] of pairsOf(capabilities)) {
    const more = { runtimeConfig: { [key]: value } };
    yield [`runtimeConfig.${key} ${textOf(value)}`, listOf(name, { more })];
  }
  for (const [key, value] of pairsOf(args)) {
    const more = { args: { cni: { [key]: value } } };
    yield [`args.cni.${key} ${textOf(value)}`, listOf(name, { more })];
  }
}

function pairsOf(keys: Keys): readonly (readonly [string, Json])[] {
  return Object.entries(keys).flatMap(([name, key]) =>
    valuesFor(key).map((value) => [name, value] as const)
  );
}

function textOf(value: Json): string {
  return JSON.stringify(value).slice(0, 40);
}

/** What has nothing to do with one key. */
function* otherCases(name: string): Generator<Case> {
  yield ["nothing else", listOf(name)];
  yield ["an unknown key", listOf(name, { more: { unknown: 1 } })];
  for (const key of ["args", "runtimeConfig", "capabilities", "dns", "ipam"]) {
    if (key === "ipam" && ROLES.get(name) === "ipam") continue;
    for (const value of [null, 1, "x", [], {}, { cni: 1 }, { mac: 1 }]) {
      const more = { [key]: value };
      yield [`${key} ${textOf(value)}`, listOf(name, { more })];
    }
  }
  for (
    const version of [...SPEC_VERSIONS, "1.0.1", "9.0.0", "x", "", null, 5]
  ) {
    yield [`version ${version}`, { ...listOf(name), cniVersion: version }];
  }
  yield ["versions", { ...listOf(name), cniVersions: ["0.4.0", "9.0.0"] }];
  for (const network of [null, "", "a b", "../x", 5, "a.b-c_d"]) {
    yield [`name ${network}`, { ...listOf(name), name: network }];
  }
  const { plugins } = listOf(name);
  const object = (plugins as JsonObject[]).at(-1)!;
  yield ["first in the list", { ...NETWORK, plugins: [object] }];
  yield ["second in the list", {
    ...NETWORK,
    plugins: [{ type: "other" }, object],
  }];
  yield ["a type with a slash", {
    ...NETWORK,
    plugins: [{ ...object, type: `./${name}` }],
  }];
}

/** What contradicts itself, and what only a plugin can tell. */
const HANDWRITTEN: readonly (readonly [string, JsonObject, JsonObject?])[] = [
  ["bridge", { hairpinMode: true, promiscMode: true }],
  ["bridge", { disableContainerInterface: true, ipam: { type: "static" } }],
  ["bridge", { vlanTrunk: [{ id: 5 }, { minID: 7 }] }],
  ["bridge", { vlanTrunk: [{ minID: 9, maxID: 8 }] }],
  ["bridge", { vlanTrunk: [{ minID: 1, maxID: 4094 }] }],
  ["bridge", { dns: { nameservers: [1] } }],
  ["bridge", { ipam: { type: "host-local" } }],
  ["bridge", { ipam: { type: "host-local", subnet: "10.1.0.0/16" } }],
  ["bridge", { ipam: { type: "host-local", subnet: "10.1.0.0/31" } }],
  ["bridge", { isGateway: 1, mtu: -1 }],
  ["macvlan", { mode: "Bridge", mtu: 67 }],
  ["macvlan", { mac: "02:00:00:00:00:01" }, { runtimeConfig: { mac: "x" } }],
  ["tap", { bridge: "eth0" }],
  ["tap", { selinuxContext: "a:b:c" }],
  ["tap", { selinuxContext: "a" }],
  ["ptp", {}],
  ["ptp", { ipam: {} }],
  ["ptp", { ipam: { type: "" } }],
  ["dummy", {}],
  ["dummy", { ipam: {} }],
  ["dummy", { ipam: { type: "" } }],
  ["host-device", {}],
  ["host-device", { device: "", hwaddr: "" }],
  ["host-device", {}, { runtimeConfig: { deviceID: "0000:00:1f.6" } }],
  ["bandwidth", { ingressRate: 1000 }],
  ["bandwidth", { egressBurst: 1000, egressRate: 0 }],
  ["bandwidth", { ingressRate: 8, ingressBurst: 8 }],
  ["bandwidth", {
    shapedSubnets: ["10.0.0.0/8"],
    unshapedSubnets: ["fd00::/8"],
  }],
  ["bandwidth", {}, { runtimeConfig: { bandwidth: { ingressRate: 9 } } }],
  ["bandwidth", { ingressRate: 0 }, { runtimeConfig: { bandwidth: 5 } }],
  ["firewall", { iptablesAdminChainName: "CNI-FORWARD" }],
  ["firewall", { ingressPolicy: "same-bridge" }],
  ["flannel", { delegate: { type: 1 } }],
  ["flannel", { delegate: { type: "../x" } }],
  ["flannel", { delegate: { type: "macvlan", ipam: {} } }],
  ["flannel", { ipam: { routes: [{ dst: "x" }] } }],
  ["flannel", { ipam: { routes: [{ dst: "10.9.0.0/16" }] } }],
  ["flannel", { stateDir: "/etc" }],
  ["flannel", { dataDir: "/var/lib/cni/y", stateDir: "/etc" }],
  ["portmap", { markMasqBit: 1, externalSetMarkChain: "A" }],
  ["portmap", { backend: "nftables", externalSetMarkChain: "A" }],
  ["portmap", { conditionsV4: ["-s", "a\nb"] }],
  ["portmap", { conditionsV4: ["-s", "x"], conditionsV6: ["ip6", "saddr"] }],
  ["portmap", {}, {
    runtimeConfig: {
      portMappings: [80, 81].map((containerPort) => ({
        ...{ hostPort: 1, containerPort, protocol: "tcp" },
      })),
    },
  }],
  ["sbr", { table: 5, addSourceHints: true }],
  ["sbr", { gateways: ["10.0.0.1", "10.0.0.2"] }],
  ["sbr", { gateways: ["224.0.0.1"] }],
  ["tuning", { sysctl: { "kernel.hostname": "x" } }],
  ["tuning", { sysctl: { "net.a.b": 1 } }],
  ["tuning", { sysctl: { "net.a.b": "1", "net/a/b": "2" } }],
  ["tuning", { sysctl: { "net.core.somaxconn": "5" } }],
  ["sample", {}],
  ["sample", { anotherAwesomeArg: "" }],
  ["static", {}],
  ["static", { addresses: [{ address: "10.0.0.5/24" }, {}] }],
  ["static", { addresses: [{ address: "10.0.0.255/24" }] }],
  ["static", { addresses: [{ address: "10.0.0.5/24", gateway: "10.0.0.5" }] }],
  ["static", { addresses: 1 }, { args: { cni: { ips: ["10.0.0.5/24"] } } }],
  ["static", { routes: [{ dst: "10.0.0.0/8" }, { dst: "10.0.0.0/8" }] }],
  ["static", { routes: [{ dst: "10.0.0.0/8", table: -1, mtu: "x" }] }],
  ["host-local", {}],
  ["host-local", { subnet: "10.1.0.0/30", rangeEnd: "10.1.0.1" }],
  ["host-local", { subnet: "10.1.0.0/30", rangeStart: "10.1.0.3" }],
  ["host-local", { subnet: "10.1.0.1/24" }],
  ["host-local", { ranges: [[{ subnet: "10.1.0.0/24" }], []] }],
  ["host-local", { ranges: [[{ subnet: "10.1.0.0/24", gateway: 1 }]] }],
  ["host-local", {
    ranges: [[{ subnet: "10.1.0.0/24" }, { subnet: "10.1.0.0/16" }]],
  }],
  ["host-local", {
    ranges: [[{ subnet: "10.1.0.0/24" }, { subnet: "fd00::/64" }]],
  }],
  ["host-local", { subnet: "10.1.0.0/24" }, {
    runtimeConfig: { ips: ["10.2.0.5"] },
  }],
  ["host-local", { subnet: "10.1.0.0/24" }, {
    runtimeConfig: { ips: ["10.1.0.1"] },
  }],
  ["host-local", { subnet: "10.1.0.0/24", dataDir: "/srv", resolvConf: "/x" }],
];

function* handwrittenCases(name: string): Generator<Case> {
  for (const [plugin, own, more = {}] of HANDWRITTEN) {
    if (plugin !== name) continue;
    const why = textOf({ ...own, ...more });
    const list = listOf(name, { own, more });
    yield [why, list];
    // Results of this version have no room for all that newer ones have.
    yield [`${why}, long ago`, { ...list, cniVersion: "0.2.0" }];
  }
}

/** What a runtime calls a plugin of this program with. */
interface TestCall {
  readonly plugin: Plugin;
  readonly stdin: string;
}

/**
 * The calls of an ADD, by the runtime's own means, as long as plugins succeed.
 *
 * @throws {CniError} What the runtime itself refuses.
 */
function callsOf(text: string): readonly TestCall[] {
  const { network } = readNetwork({ file: "", content: text });
  return network.plugins.flatMap((plugin, index) => {
    if (plugin.type.includes("/")) {
      throw new CniError(7, `invalid plugin name: ${plugin.type}`);
    }
    const version = network.cniVersion || "0.1.0";
    const prevResult = index > 0 && isSpecVersion(version)
      ? resultToJson(BEFORE, version)
      : undefined;
    const stdin = attachmentInput(network, plugin, { prevResult });
    const own = PLUGINS.get(plugin.type);
    const { ipam } = plugin.raw;
    const isDelegating = own === undefined || own.settings?.role === "main" &&
        own.settings.keys.ipam !== undefined;
    const second = isDelegating && isJsonObject(ipam)
      ? PLUGINS.get(String(ipam.type))
      : undefined;
    return [own, second?.settings?.role === "ipam" ? second : undefined]
      .filter((one) => one !== undefined)
      .map((one) => ({ plugin: one, stdin }));
  });
}

const NETNS = "/run/netns/parity-none";

const BEFORE = {
  interfaces: [{ name: "br7" }, { name: "eth0", sandbox: NETNS }],
  ips: [{ address: "10.9.0.2/24", gateway: "10.9.0.1", interface: 1 }],
};

const CALL = {
  ...{ command: "ADD", containerId: "parity", netns: NETNS, ifname: "eth0" },
  ...{ args: "", path: "/nowhere", netnsOverride: "" },
};

/** What a plugin's settings say to a call. */
function refusalOf({ plugin, stdin }: TestCall): string | undefined {
  try {
    plugin.settings!.check(readRequest(plugin, { ...CALL, stdin }));
    return undefined;
  } catch (error) {
    if (error instanceof CniError) return String(error);
    throw error;
  }
}

/** The error of the plugin itself; empty if there is none. */
async function replyTo({ plugin, stdin }: TestCall): Promise<string> {
  const { status, stdout } = await dispatch(plugin, CALL, {
    readStdin: () => Promise.resolve(stdin),
    context: {
      delegate: () => Promise.reject(new Error("nothing to delegate to")),
      preload: () => {},
      isForeign: () => false,
      warn: () => {},
    },
  });
  if (status === 0) return "";
  const { code, msg, details } = JSON.parse(stdout);
  return String(new CniError(code, msg, { details }));
}

async function errorsIn(text: string): Promise<readonly string[]> {
  const own = { file: "-", content: text };
  const [validated] = await validateFiles({ own, further: [] }, REGISTRY);
  return validated!.findings.filter(({ severity }) => severity === "error")
    .map(({ message }) => message);
}

/** Compares what plugins and validation say; returns whether it is refused. */
async function compare([why, list]: Case): Promise<boolean> {
  const text = JSON.stringify(list);
  const errors = await errorsIn(text);
  let calls: readonly TestCall[];
  try {
    calls = callsOf(text);
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    assertEquals(errors.length > 0, true, `${why}: only a runtime refuses`);
    return true;
  }
  const refused = calls.map((call) => ({ call, said: refusalOf(call) }))
    .filter(({ said }) => said !== undefined);
  const shown = `${why}: ${text}\n${errors.join("\n")}`;
  assertEquals(errors.length > 0, refused.length > 0, shown);
  for (const { call, said } of refused) {
    assertEquals(errors.includes(said!), true, `${said} is not among ${shown}`);
    // Whoever is called first; then its own checks come before all else.
    assertEquals(await replyTo(call), said, shown);
  }
  if (refused.length > 0) return true;
  for (const call of calls) {
    // It would reserve an address.
    if (call.plugin.name === "host-local") continue;
    assertMatch(await replyTo(call), NO_REFUSAL, shown);
  }
  return false;
}

/** How a call ends that was not refused, where nothing can be started. */
const NO_REFUSAL =
  /^$|^Requires (run|write) access|'subnet.env' file: |^nothing to delegate to/;

// So that nothing is done by a plugin that does not refuse, and folders are
// judged as by the built program.
const permissions: Deno.PermissionOptions = {
  read: [PROJECT_ROOT, "/var/lib/cni", "/run/cni", "/run/flannel", "/etc/cni"],
  write: ["/var/lib/cni", "/run/cni/tuning", "/run/flannel"],
  run: false,
  env: true,
};

Deno.test("every plugin is tried", () => {
  assertEquals(Object.keys(BASES).sort(), [...PLUGINS.keys()].sort());
});

for (const name of PLUGINS.keys()) {
  const title = `validate refuses what ${name} refuses, in the same words`;
  Deno.test({ name: title, permissions }, async () => {
    const cases = [
      ...keyCases(name),
      ...otherCases(name),
      ...handwrittenCases(name),
    ];
    let refused = 0;
    for (const one of cases) if (await compare(one)) refused++;
    assertEquals(await compare(["the base", listOf(name)]), false);
    // Neither all nor nothing: then the cases would say little.
    assertEquals(refused > 5 && refused < cases.length - 5, true, `${refused}`);
  });
}

/** What is said of lists, by why; nothing of those that are right. */
const SAID: Readonly<Record<string, readonly [JsonObject, string?]>> = {
  "a version between": [
    { ...listOf("bridge"), cniVersion: "1.0.1" },
    'incompatible CNI versions; config is "1.0.1"',
  ],
  "a version too new": [
    { ...listOf("bridge"), cniVersion: "9.0.0" },
    'incompatible CNI versions; config is "9.0.0"',
  ],
  "a version that is too old for the plugin": [
    { ...listOf("firewall"), cniVersion: "0.3.1" },
    'plugin supports ["0.4.0" "1.0.0" "1.1.0"]',
  ],
  "a type with a slash": [
    { ...NETWORK, plugins: [{ type: "bin/bridge" }] },
    "invalid plugin name: bin/bridge",
  ],
  "a type of an IPAM plugin with a slash": [
    listOf("bridge", { own: { ipam: { type: "bin/host-local" } } }),
    "invalid plugin name: bin/host-local",
  ],
  "a type of a delegate with a slash": [
    listOf("flannel", { own: { delegate: { type: "bin/bridge" } } }),
    "failed to delegate add: invalid plugin name: bin/bridge",
  ],
  "host-local's folder": [
    listOf("host-local", { own: { subnet: "10.1.0.0/16", dataDir: "/srv" } }),
    'ipam.dataDir leads to "/srv", but this program was built without access',
  ],
  "host-local's file": [
    listOf("host-local", { own: { subnet: "10.1.0.0/16", resolvConf: "/x" } }),
    'ipam.resolvConf leads to "/x", but this program was built without access',
  ],
  "tuning's folder": [
    listOf("tuning", { own: { dataDir: "/srv" } }),
    'dataDir leads to "/srv"',
  ],
  "flannel's file": [
    listOf("flannel", { own: { subnetFile: "/srv/x" } }),
    'subnetFile leads to "/srv/x"',
  ],
  "flannel's folder": [
    listOf("flannel", { own: { dataDir: "/srv" } }),
    'dataDir leads to "/srv"',
  ],
  "flannel's folder by its old name": [
    listOf("flannel", { own: { stateDir: "/srv" } }),
    'stateDir leads to "/srv"',
  ],
  "a range of its gateway alone": [
    listOf("host-local", {
      own: { subnet: "10.1.0.0/30", rangeEnd: "10.1.0.1" },
    }),
    "no IP addresses available in range set: 10.1.0.1-10.1.0.1",
  ],
  "an address that is a gateway": [
    listOf("host-local", { more: { runtimeConfig: { ips: ["10.1.0.1"] } } }),
    "requested address 10.1.0.1 is a gateway",
  ],
  "no address in an old version": [
    { ...listOf("static", { own: {} }), cniVersion: "0.2.0" },
    "cannot convert: no valid IP addresses",
  ],
  "no addresses at all in an old version": [
    { ...listOf("macvlan"), cniVersion: "0.2.0" },
    "cannot convert: no valid IP addresses",
  ],
  "tuning first": [
    { ...NETWORK, plugins: [{ type: "tuning" }] },
    "Required prevResult missing",
  ],
  "portmap first": [
    { ...NETWORK, plugins: [{ type: "portmap" }] },
    "must be called as chained plugin",
  ],
  "a mode that is none": [
    listOf("macvlan", { own: { mode: "Bridge" } }),
    'expected "bridge", "private", "vepa" or "passthru"',
  ],
  "a device that the runtime names": [
    listOf("host-device", { own: { capabilities: { deviceID: true } } }),
  ],
  "a device that no one names": [
    listOf("host-device", { own: { capabilities: { deviceID: false } } }),
    'specify either "device"',
  ],
  "ranges that the runtime names": [
    listOf("host-local", {
      own: {},
      more: { capabilities: { ipRanges: true } },
    }),
  ],
  "ranges beside those that the runtime names": [
    listOf("host-local", { more: { capabilities: { ipRanges: true } } }),
  ],
  "addresses for a plugin that reads no ipam": [
    listOf("loopback", { own: { ipam: { type: "host-local" } } }),
  ],
};

Deno.test({
  name: "validate finds what only an ADD would show otherwise",
  permissions,
}, async (t) => {
  for (const [why, [list, said]] of Object.entries(SAID)) {
    await t.step(why, async () => {
      const text = JSON.stringify(list);
      const errors = await errorsIn(text);
      const found = errors.filter((one) => said && one.includes(said));
      assertEquals(found.length, said === undefined ? 0 : 1, errors.join("\n"));
      assertEquals(
        errors.length,
        said === undefined ? 0 : 1,
        errors.join("\n"),
      );
    });
  }
});
