/**
 * IPv4 and IPv6 addresses, CIDRs and MAC addresses as plain values. Everything
 * here is pure: no file, no network, no Deno API.
 *
 * Texts come from configurations and results, and go on to file names, `ip`
 * batches and firewall rules. So a text is parsed once, at the edge, and every
 * text written is canonical: what differs in spelling only is written alike,
 * and nothing but digits, letters, `.`, `:` and `/` ever comes out.
 *
 * | text                         | {@linkcode parseAddress} | {@linkcode parseCidr} |
 * | ---------------------------- | ------------------------ | --------------------- |
 * | `10.0.0.1`                   | IPv4                     | refused: no length    |
 * | `10.1.2.3/8`                 | refused                  | kept with host bits   |
 * | `10.1.2.3/08`                | refused                  | `10.1.2.3/8`          |
 * | `10.0.0.0/+8`, `/255.0.0.0`  | refused                  | refused               |
 * | `010.0.0.1`, `10.1`, `0xa.0.0.1` | refused              | refused               |
 * | `2001:DB8:0::1`              | `2001:db8::1`            | refused: no length    |
 * | `64:ff9b::10.0.0.1`          | `64:ff9b::a00:1`         | refused: no length    |
 * | `::ffff:9.9.9.9`             | IPv4 `9.9.9.9`           | refused: no length    |
 * | `::ffff:9.9.9.9/120`         | refused                  | IPv4 `9.9.9.9/24`     |
 * | `::ffff:9.9.9.9/95`          | refused                  | refused: not IPv4     |
 * | `fe80::1%eth0`, `[::1]`      | refused                  | refused               |
 * | `1::2::3`, `1:2:3:4::5:6:7:8` | refused                 | refused               |
 * | white space anywhere, empty  | refused                  | refused               |
 *
 * A field that must be a network checks {@linkcode hasHostBits} and may name
 * {@linkcode networkOf} as the remedy.
 *
 * {@linkcode parseMac} takes six octets as `02:00:5e:10:00:ff`,
 * `02-00-5e-10-00-ff` or `0200.5e10.00ff`, in either letter case, and refuses
 * mixed joints, single digits and other lengths. Multicast parses; a field that
 * names an interface's own address checks {@linkcode isMulticastMac}.
 *
 * Every parser throws a `SyntaxError` that quotes the text and says what was
 * expected.
 *
 * @example Check a subnet
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const subnet = parseCidr("10.22.0.7/16");
 * assertEquals(hasHostBits(subnet), true);
 * assertEquals(formatCidr(networkOf(subnet)), "10.22.0.0/16");
 * assertEquals(formatAddress(lastAddressOf(subnet)), "10.22.255.255");
 * ```
 *
 * @module
 */
export {
  type Address,
  addressBits,
  compareAddresses,
  type Family,
  offsetAddress,
} from "./address.ts";
export { isGlobalUnicast, isMulticast } from "./address_scope.ts";
export {
  type Cidr,
  cidrContains,
  cidrsOverlap,
  formatCidr,
  hasHostBits,
  lastAddressOf,
  networkOf,
} from "./cidr.ts";
export { formatAddress } from "./format_address.ts";
export { isMulticastMac, parseMac, randomMac } from "./mac.ts";
export { parseAddress } from "./parse_address.ts";
export { parseCidr } from "./parse_cidr.ts";
