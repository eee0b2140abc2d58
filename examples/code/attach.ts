// Attaches a network namespace to a network, tells its addresses, detaches it.
import { CniError, loadNetwork, Runtime } from "@cni/toolkit";

const [name = "net1", netns = "/run/netns/web"] = Deno.args;
const folder = Deno.env.get("NETCONFPATH") ?? "/etc/cni/net.d";
const plugins = Deno.env.get("CNI_PATH") ?? "/opt/cni/bin";

const runtime = new Runtime({ path: plugins.split(":") });
const attachment = { containerId: "web-1", netns, ifname: "eth0" };

try {
  const network = loadNetwork(folder, name);
  const { result } = await runtime.add(network, attachment, {
    signal: AbortSignal.timeout(30_000),
    cleanUp: true,
  });
  for (const { address, gateway } of result.ips ?? []) {
    console.log(`eth0 has ${address}, gateway ${gateway}`);
  }
  await runtime.check(network, attachment);
  await runtime.del(network, attachment);
} catch (error) {
  if (!(error instanceof CniError)) throw error;
  console.error(`CNI error ${error.code}: ${error}`);
  Deno.exitCode = 1;
}
