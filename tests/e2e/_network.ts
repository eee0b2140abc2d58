import type { Host, Netns } from "./_host.ts";
import type { Any } from "./_plugin.ts";

/** What is beyond the host: a namespace that knows no route back to bridges. */
export interface Outside extends Netns {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** Joins a third network namespace to the host by a link of its own. */
export async function addOutside(host: Host): Promise<Outside> {
  const outside = await host.addNetns();
  await host.ip(`link add up0 type veth peer name out0 netns ${outside.path}`);
  await host.ip("addr add 192.0.2.1/24 dev up0");
  await host.ip("addr add 2001:db8:ffff::1/64 dev up0 nodad");
  await host.ip("link set up0 up");
  await outside.ip("addr add 192.0.2.2/24 dev out0");
  await outside.ip("addr add 2001:db8:ffff::2/64 dev out0 nodad");
  await outside.ip("link set out0 up");
  return { ...outside, ipv4: "192.0.2.2", ipv6: "2001:db8:ffff::2" };
}

/**
 * Pings until there is one answer, for up to ten seconds; throws without one.
 *
 * @param words Words for `ping` before the address.
 */
export async function mustPing(
  from: Netns,
  address: string,
  ...words: readonly string[]
): Promise<void> {
  await from.must(["ping", "-c", "1", "-w", "10", ...words, address]);
}

/** Whether a ping is answered within a second. */
export async function canPing(from: Netns, address: string): Promise<boolean> {
  const words = ["ping", "-c", "1", "-w", "1", address];
  return (await from.run(words)).status === 0;
}

/** The addresses of a result, without prefix lengths. */
export function addressesIn(result: Any): readonly string[] {
  return result.ips.map(({ address }: Any) => address.split("/")[0]);
}

/** The name of the pair's end in the host, by an ADD's result. */
export function portIn(result: Any): string {
  return result.interfaces[1].name;
}

/** A link as `ip -j -d link show` prints it. */
export async function linkIn(netns: Netns, name: string): Promise<Any> {
  return JSON.parse(await netns.ip(`-j -d addr show dev ${name}`))[0];
}

/** The names of all links in a namespace, in the kernel's order. */
export async function linkNamesIn(netns: Netns): Promise<readonly string[]> {
  const links: readonly Any[] = JSON.parse(await netns.ip("-j link show"));
  return links.map(({ ifname }) => ifname);
}

/**
 * Makes the devices that plugins of a chain take from the host, each of a pair
 * whose other end is what the device leads to, and bears the gateways.
 *
 * @param plugins Their configurations.
 * @returns What removes them.
 */
export async function addDevicesFor(
  host: Host,
  plugins: readonly Any[],
): Promise<() => Promise<void>> {
  const devices = plugins.filter(({ type }) => type === "host-device");
  for (const { device, ipam } of devices) {
    await host.ip(`link add ${device} type veth peer name ${device}far`);
    await host.ip(`link set ${device}far up`);
    for (const [{ subnet }] of ipam.ranges) {
      const gateway = subnet.replace(".0/", ".1/");
      await host.ip(`addr add ${gateway} dev ${device}far`);
    }
  }
  return async () => {
    for (const { device } of devices) await host.ip(`link del ${device}far`);
  };
}

/** Whether rules of iptables see what stays on a bridge; off without br_netfilter. */
export async function setBridged(host: Host, value: "0" | "1"): Promise<void> {
  for (const name of ["iptables", "ip6tables"]) {
    const file = `/proc/sys/net/bridge/bridge-nf-call-${name}`;
    await host.must(["sh", "-c", `[ ! -e ${file} ] || echo ${value} >${file}`]);
  }
}
