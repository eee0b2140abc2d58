import type { Request } from "../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  Fields,
  isJsonObject,
  type Json,
} from "../../lib/spec/mod.ts";

/** What a link must pass whole to take part in IPv6 (RFC 8200, section 5). */
export const IPV6_MTU_BYTES = 1280;

/**
 * Refuses an MTU that is too small for the IPv6 addresses that a request asks
 * for, in the keys of our own IPAM plugins: the kernel has no IPv6 on such a
 * link.
 *
 * @param mtuBytes That of the interface; 0 if it is not known yet.
 * @throws {CniError} Code 7.
 */
export function refuseSmallMtu(
  { config }: Pick<Request, "config">,
  mtuBytes: number | undefined = 0,
): void {
  if (mtuBytes === 0 || mtuBytes >= IPV6_MTU_BYTES) return;
  const { fields } = config;
  const cni = valuesAt(fields.json("args"), ["cni"]);
  const asked = [
    ...valuesAt(fields.json("ipam"), ["subnet", "ranges", "addresses"]),
    ...valuesAt(fields.json("runtimeConfig"), ["ipRanges", "ips"]),
    ...cni.flatMap((value) => valuesAt(value, ["ips"])),
  ];
  const ipv6 = asked.flatMap(textsIn).find(isIpv6);
  if (ipv6 !== undefined) throw smallMtu(mtuBytes, ipv6);
}

/**
 * As {@linkcode refuseSmallMtu}, for the addresses that an IPAM plugin gave.
 *
 * @throws {CniError} Code 7.
 */
export function refuseSmallMtuFor(
  addresses: readonly string[],
  mtuBytes: number | undefined = 0,
): void {
  if (mtuBytes === 0 || mtuBytes >= IPV6_MTU_BYTES) return;
  const ipv6 = addresses.find(isIpv6);
  if (ipv6 !== undefined) throw smallMtu(mtuBytes, ipv6);
}

function smallMtu(mtuBytes: number, address: string): CniError {
  return new CniError(CniCode.InvalidConfig, "Cannot use mtu with IPv6", {
    details: `mtu is ${mtuBytes}, and ${address} is IPv6, which needs ` +
      `${IPV6_MTU_BYTES} bytes: set mtu to at least ${IPV6_MTU_BYTES} (where ` +
      "it follows another link, that link's), or give no IPv6 addresses",
  });
}

function valuesAt(
  value: Json | undefined,
  keys: readonly string[],
): readonly Json[] {
  if (!isJsonObject(value)) return [];
  const fields = new Fields(value, "");
  return keys.flatMap((key) => fields.json(key) ?? []);
}

/** The subnets and addresses that a value names. */
function textsIn(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return valuesAt(value, ["subnet", "address"]).flatMap(textsIn);
}

function isIpv6(text: string): boolean {
  // ::ffff:10.0.0.1 is an IPv4 address.
  return text.includes(":") && !text.includes(".");
}
