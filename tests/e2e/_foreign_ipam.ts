import { assertEquals } from "@std/assert";
import type { Host, Sandbox } from "./_host.ts";
import { linkIn, linkNamesIn } from "./_network.ts";
import { type Any, fakePlugin, mustCall, mustFail } from "./_plugin.ts";

const RESULT = {
  cniVersion: "1.0.0",
  ips: [{ address: "10.213.0.7/24", gateway: "10.213.0.1" }],
};

/**
 * Sees that an IPAM plugin that is not ours finds the interface at ADD, up and
 * with the hardware address that it keeps, and at DEL, with its address; and
 * that a DEL whose release fails leaves no interface.
 *
 * @param configWith A configuration of the plugin with this `ipam`.
 */
export async function seesInterface(
  host: Host,
  sandbox: Sandbox,
  configWith: (ipam: object) => { readonly type?: unknown },
): Promise<void> {
  const file = `${host.scratchDir}/seen`;
  const path = await fakePlugin(
    host,
    "seeing-ipam",
    `[ $CNI_COMMAND != ADD ] || echo '${JSON.stringify(RESULT)}'\n` +
      `nsenter --net="$CNI_NETNS" ip -j addr show dev "$CNI_IFNAME" ` +
      `>'${file}'.$CNI_COMMAND`,
  );
  const seenAt = async (command: string) =>
    JSON.parse(await Deno.readTextFile(`${file}.${command}`))[0];
  const isIpv4 = ({ family }: Any) => family === "inet";
  const config = configWith({ type: "seeing-ipam" });
  const name = String(config.type);
  const call = { config, sandbox, path };
  const del = { ...call, command: "DEL" };
  const result = await mustCall(host, name, call);
  const seen = await seenAt("ADD");
  const { address } = await linkIn(sandbox, "eth0");
  assertEquals(
    [seen.address, seen.flags.includes("UP"), seen.addr_info.filter(isIpv4)],
    [address, true, []],
  );
  assertEquals(result.ips[0].address, RESULT.ips[0]!.address);
  await mustCall(host, name, del);
  assertEquals((await seenAt("DEL")).addr_info.some(isIpv4), true);
  assertEquals(await linkNamesIn(sandbox), ["lo"]);
  await mustCall(host, name, call);
  await fakePlugin(host, "seeing-ipam", "exit 3");
  await mustFail(host, name, { ...del, code: 0 });
  assertEquals(await linkNamesIn(sandbox), ["lo"]);
}
