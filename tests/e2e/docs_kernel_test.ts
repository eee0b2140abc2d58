import { assert, assertEquals } from "@std/assert";
import {
  addDevicesFor,
  type Any,
  attachmentsOf,
  type Host,
  kernelTest,
  mustCall,
} from "./_harness.ts";
import { addWire, MASTER } from "./_macvlan.ts";

const PAGES = new URL("../../docs/plugins/", import.meta.url);

const PAGE_NAMES = [
  "bandwidth.md",
  "bridge.md",
  "firewall.md",
  "host-device.md",
  "loopback.md",
  "macvlan.md",
  "portmap.md",
  "ptp.md",
  "sbr.md",
  "static.md",
  "tap.md",
  "tuning.md",
];

kernelTest(
  "docs: the examples of the pages on plugins work as they stand",
  async (host) => {
    await addWire(host);
    for (const page of PAGE_NAMES) {
      const examples = await examplesIn(page);
      assert(examples.length > 0, page);
      for (const example of examples) await attachAndDetach(host, example);
    }
  },
  { needs: ["iptables"] },
);

kernelTest(
  "docs: the example of dummy works as it stands",
  async (host) => {
    const examples = await examplesIn("dummy.md");
    assert(examples.length > 0);
    for (const example of examples) await attachAndDetach(host, example);
  },
  { needs: ["link dummy"] },
);

/** The configurations in a page's JSON blocks. */
async function examplesIn(page: string): Promise<readonly Any[]> {
  const text = await Deno.readTextFile(new URL(page, PAGES));
  return [...text.matchAll(/```json\n(.*?)```/gs)]
    .map(([, json]) => JSON.parse(json!));
}

async function attachAndDetach(host: Host, example: Any): Promise<void> {
  const chain = chainOf(example).map((config) => onHost(host, config));
  const removeDevices = await addDevicesFor(host, chain);
  const before = await attachmentsOf(host);
  const sandbox = await host.addSandbox();
  let prevResult: Any;
  for (const config of chain) {
    const call = { config: { ...config, prevResult }, sandbox };
    prevResult = await mustCall(host, config.type, call);
  }
  for (const config of chain) {
    await mustCall(host, config.type, {
      command: "CHECK",
      config: { ...config, prevResult },
      sandbox,
    });
  }
  for (const config of chain.toReversed()) {
    await mustCall(host, config.type, { command: "DEL", config, sandbox });
  }
  for (const { bridge } of chain) {
    if (bridge !== undefined) await host.ip(`link del ${bridge}`);
  }
  assertEquals(await attachmentsOf(host), before);
  await removeDevices();
}

/** The configuration of each plugin: one, or those of a list in order. */
function chainOf({ plugins, ...network }: Any): readonly Any[] {
  if (plugins === undefined) return [network];
  const { cniVersion, name } = network;
  return plugins.map((plugin: Any) => ({ cniVersion, name, ...plugin }));
}

/** The same, but what would outlive the test has another place. */
function onHost(host: Host, config: Any): Any {
  if (config.type === "portmap") {
    const portMappings = [
      { hostPort: 8080, containerPort: 80, protocol: "tcp" },
    ];
    return { ...config, runtimeConfig: { portMappings } };
  }
  if (config.type === "macvlan") config = { ...config, master: MASTER };
  if (config.type === "tuning") {
    return { ...config, dataDir: `${host.dataDir}/tuning` };
  }
  return config.ipam === undefined
    ? config
    : { ...config, ipam: { ...config.ipam, dataDir: host.dataDir } };
}
