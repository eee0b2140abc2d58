import { addressBits } from "./address.ts";
import type { Cidr } from "./cidr.ts";
import { readIp, unmapIpv4 } from "./_read_ip.ts";

/**
 * Parses an address in CIDR notation with its host bits kept, as Go's
 * `net.ParseCIDR` does: the form of `ips[].address` and `routes[].dst` in a
 * result (CNI 1.1.0, section 5).
 *
 * The address is as for {@linkcode parseAddress}. The prefix length is plain
 * decimal; leading zeros are allowed (`/08`), a sign or a netmask
 * (`/255.0.0.0`) is not, and it can't be left out.
 *
 * IPv4 in IPv6 becomes IPv4 and loses the 96 bits in front, so
 * `::ffff:9.9.9.9/120` is `9.9.9.9/24`. A prefix below 96 has no IPv4 form and
 * is refused; here alone we part from Go, which prints `::ffff:9.9.9.9/40` as
 * `9.9.9.9/0`, and so would turn a route to it into a default route.
 *
 * @example Host bits stay
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatCidr } from "./cidr.ts";
 * assertEquals(formatCidr(parseCidr("10.1.2.3/08")), "10.1.2.3/8");
 * ```
 * @throws {SyntaxError} If `text` is not of that form.
 */
export function parseCidr(text: string): Cidr {
  const slash = text.indexOf("/");
  if (slash < 0) throw refusal(text, "expected address/bits");
  const spelled = readIp(text.slice(0, slash));
  if (typeof spelled === "string") throw refusal(text, spelled);
  const address = unmapIpv4(spelled);
  const length = text.slice(slash + 1);
  const maxBits = addressBits(spelled.family);
  const minBits = maxBits - addressBits(address.family);
  const bits = DECIMAL.test(length) ? Number(length) : NaN;
  if (bits >= minBits && bits <= maxBits) {
    return { address, prefixBits: bits - minBits };
  }
  const expected = `expected a prefix length from ${minBits} to ${maxBits}`;
  throw refusal(text, `${expected} in plain decimal`);
}

function refusal(text: string, reason: string): SyntaxError {
  return new SyntaxError(
    `Cannot parse CIDR ${JSON.stringify(text)}: ${reason}`,
  );
}

const DECIMAL = /^[0-9]+$/;
