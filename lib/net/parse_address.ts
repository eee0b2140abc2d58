import type { Address } from "./address.ts";
import { readIp, unmapIpv4 } from "./_read_ip.ts";

/**
 * Parses a plain IPv4 or IPv6 address, as Go's `net.ParseIP` does, so that one
 * configuration means the same to us and to the Go plugins.
 *
 * IPv4 is four decimal numbers, without leading zeros. IPv6 is any spelling of
 * RFC 4291, section 2.2, also with an IPv4 tail, in either letter case; an IPv4
 * address in IPv6 (`::ffff:10.0.0.1`) becomes family 4. Refused are zones
 * (`fe80::1%eth0`), prefix lengths, brackets, white space and the empty text.
 *
 * @example Both families
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseAddress("10.0.0.1"), { family: 4, value: 0x0a000001n });
 * assertEquals(parseAddress("::ffff:10.0.0.1"), parseAddress("10.0.0.1"));
 * assertEquals(parseAddress("FE80::1").family, 6);
 * ```
 * @throws {SyntaxError} If `text` is no such address.
 */
export function parseAddress(text: string): Address {
  const address = readIp(text);
  if (typeof address !== "string") return unmapIpv4(address);
  throw new SyntaxError(
    `Cannot parse address ${JSON.stringify(text)}: ${address}`,
  );
}
