import { assert, assertEquals } from "@std/assert";
import { parseNetworkConfig } from "../../lib/runtime/mod.ts";
import { parsePluginConfig } from "../../lib/spec/mod.ts";
import { parseFlannelConfig } from "../../plugins/meta/flannel/config.ts";
import { formatDelegate } from "../../plugins/meta/flannel/delegate_text.ts";
import { platformFor } from "../../plugins/meta/flannel/platform.ts";
import { registryFor } from "../../plugins/mod.ts";
import { subnetFileOf, writeLease } from "./_flannel.ts";
import {
  addDevicesFor,
  type Any,
  attachmentsOf,
  BIN,
  type Host,
  kernelTest,
  linkNamesIn,
  mustPing,
  REFERENCE_BIN,
} from "./_harness.ts";
import { addWire, MASTER } from "./_macvlan.ts";

const FOLDER = new URL("../../examples/", import.meta.url);

/** For another system: checked below, and not run. */
const WINDOWS = "nodes/10-flannel-windows.conflist";

const FILES = ["plugins", "nodes"].flatMap((folder) =>
  [...Deno.readDirSync(new URL(`${folder}/`, FOLDER))]
    .map(({ name }) => `${folder}/${name}`).sort()
);

function read(file: string): string {
  return Deno.readTextFileSync(new URL(file, FOLDER));
}

Deno.test("the examples are networks, and their README names them all", async (t) => {
  const readme = read("README.md");
  for (const file of FILES) {
    await t.step(file, () => {
      const network = parseNetworkConfig(read(file));
      assert(network.plugins.length > 0);
      assert(readme.includes(`\`${file.split("/")[1]}\``), "not in README.md");
    });
  }
});

Deno.test("each plugin has an example of its name", () => {
  for (const name of registryFor("linux").keys()) {
    assert(FILES.includes(`plugins/${name}.conflist`), name);
  }
});

Deno.test("the example for Windows makes a configuration for its delegate", () => {
  const { name, cniVersion, plugins: [plugin] } = JSON.parse(read(WINDOWS));
  const object = { ...plugin, name, cniVersion };
  const config = parseFlannelConfig(parsePluginConfig(object));
  const delegate = platformFor("windows").delegateConfig(config, {
    networks: ["10.244.0.0/16"],
    subnet: "10.244.1.0/24",
    ipv6Networks: [],
    mtuBytes: 1450,
    ipMasq: true,
  });
  assertEquals(
    formatDelegate(delegate),
    '{"apiVersion":2,"cniVersion":"0.3.1","ipMasq":true,' +
      '"ipMasqNetwork":"10.244.0.0/16",' +
      '"ipam":{"subnet":"10.244.1.0/24","type":"host-local"},' +
      '"name":"flannel.4096","policies":[{"name":"EndpointPolicy",' +
      '"value":{"Settings":{"Exceptions":["10.244.0.0/16","10.96.0.0/12"]},' +
      '"Type":"OutBoundNAT"}}],"type":"win-overlay"}',
  );
});

for (const file of FILES.filter((one) => one !== WINDOWS)) {
  const types: readonly string[] = JSON.parse(read(file)).plugins
    .map(({ type }: Any) => type);
  const ours = registryFor("linux");
  const foreign = types.filter((type) => !ours.has(type));
  kernelTest(`examples: ${file} attaches and detaches`, async (host) => {
    await writeLease(host);
    if (types.includes("macvlan")) await addWire(host, WIRE);
    const folder = `${host.dataDir}/net.d`;
    await Deno.mkdir(folder);
    const network = onHost(JSON.parse(read(file)), host);
    await addDevicesFor(host, network.plugins);
    const text = JSON.stringify(network);
    await Deno.writeTextFile(`${folder}/${file.split("/")[1]}`, text);
    const sandbox = await host.addSandbox();
    const tool = (verb: string) =>
      host.must([`${BIN}/cnitool`, verb, host.network, sandbox.path], {
        env: {
          NETCONFPATH: folder,
          CNI_PATH: `${BIN}:${REFERENCE_BIN}`,
          CAP_ARGS: JSON.stringify(CAPABILITIES),
        },
      });
    const before = await leftOf(host, foreign);
    const result = JSON.parse(await tool("add"));
    for (const { gateway } of result.ips ?? []) {
      if (gateway !== undefined) await mustPing(sandbox, gateway);
    }
    // The reference's portmap looks for IPv6 rules though there is no address.
    if (foreign.length === 0) await tool("check");
    await tool("del");
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
    assertEquals(await leftOf(host, foreign), before);
  }, {
    needs: [
      ...["ping", "iptables", "ip6tables"],
      ...(types.includes("dummy") ? ["link dummy"] : []),
      ...foreign.map((type) => `${REFERENCE_BIN}/${type}`),
    ],
  });
}

/** The gateways of the examples that share a link of the host. */
const WIRE = ["10.36.0.1/24", "fd00:36::1/64"];

/** What a runtime passes on to plugins that have the capability. */
const CAPABILITIES = {
  portMappings: [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }],
  sample: { any: "thing" },
};

/** The same network with names and folders of the test's own. */
function onHost({ plugins, ...network }: Any, host: Host): Any {
  return {
    ...network,
    name: host.network,
    plugins: plugins.map((plugin: Any) => pluginOnHost(plugin, host)),
  };
}

function pluginOnHost(plugin: Any, host: Host): Any {
  const { bridge } = host;
  const ipam = { ...plugin.ipam, dataDir: `${host.dataDir}/networks` };
  switch (plugin.type) {
    case "bridge":
      return { ...plugin, bridge, ipam };
    case "flannel":
      return {
        ...plugin,
        subnetFile: subnetFileOf(host),
        dataDir: `${host.dataDir}/flannel`,
        delegate: { ...plugin.delegate, bridge },
        ipam,
      };
    case "macvlan":
      return { ...plugin, master: MASTER, ipam };
    case "host-device":
    case "ptp":
      return { ...plugin, ipam };
    case "tuning":
      return { ...plugin, dataDir: `${host.dataDir}/tuning` };
    default:
      return plugin;
  }
}

/** Plugins of others keep the chains that all their attachments share. */
async function leftOf(
  host: Host,
  foreign: readonly string[],
): Promise<unknown> {
  const { rules, ...rest } = await attachmentsOf(host);
  return foreign.length === 0 ? { rules, ...rest } : rest;
}
