import type { Interface, IpConfig, Result } from "./result.ts";

/**
 * The interface that an address of a result is said to be on.
 *
 * @returns `undefined` if the result does not say, also if its index is out of
 * range: as in the Go plugins, such an index is none.
 */
export function interfaceOf(
  { interface: index }: IpConfig,
  { interfaces = [] }: Result,
): Interface | undefined {
  return index === undefined ? undefined : interfaces[index];
}

/**
 * The addresses of a result that are the container's interface's: all but those
 * that are said to be on another. An interface of the host may have the same
 * name, but no sandbox; where no interface has one, the name alone tells.
 *
 * @param ifname The interface's name in the container.
 *
 * @example Two addresses, of which one is on another interface
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const result = {
 *   interfaces: [{ name: "eth0", sandbox: "/run/netns/a" }, { name: "br0" }],
 *   ips: [{ address: "10.0.0.2/24" }, { address: "10.0.0.1/24", interface: 1 }],
 * };
 * assertEquals(ipsOf(result, "eth0"), [{ address: "10.0.0.2/24" }]);
 * ```
 */
export function ipsOf(result: Result, ifname: string): readonly IpConfig[] {
  const { ips = [], interfaces = [] } = result;
  const hasSandboxes = interfaces.some(({ sandbox }) => sandbox);
  return ips.filter((ip) => {
    const stated = interfaceOf(ip, result);
    return stated === undefined ||
      stated.name === ifname && (!hasSandboxes || Boolean(stated.sandbox));
  });
}
