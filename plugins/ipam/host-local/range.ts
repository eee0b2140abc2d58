import {
  type Address,
  addressBits,
  type Cidr,
  cidrContains,
  compareAddresses,
  formatAddress,
  formatCidr,
  hasHostBits,
  lastAddressOf,
  networkOf,
  offsetAddress,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import type { Fields } from "../../../lib/spec/mod.ts";

/** Addresses to allocate from, all of one subnet. */
export interface AddressRange {
  /** The network, without host bits; results get its prefix length. */
  readonly subnet: Cidr;
  /** The first address to hand out. */
  readonly start: Address;
  /** The last address to hand out; not before `start`. */
  readonly end: Address;
  /** What results name as gateway; it may lie outside the subnet. */
  readonly gateway: Address;
}

/**
 * Reads one range: `subnet`, `rangeStart`, `rangeEnd`, `gateway`.
 *
 * Without a start it begins after the network's address, without an end it
 * stops before the broadcast of IPv4, or at the last address of IPv6. The
 * gateway is the address after the network's own unless it is named.
 *
 * @throws {CniError} Code 7, which names key, value and remedy.
 */
export function parseRange(fields: Fields): AddressRange {
  const subnet = parseSubnet(fields);
  const first = offsetAddress(subnet.address, 1n)!;
  const gateway = parseAddressAt(fields, "gateway") ?? first;
  const start = parseBound(fields, "rangeStart", subnet) ?? first;
  const end = parseBound(fields, "rangeEnd", subnet) ?? lastUsableOf(subnet);
  if (compareAddresses(start, end) <= 0) return { subnet, start, end, gateway };
  const [start_, end_] = [formatAddress(start), formatAddress(end)];
  throw fields.json("rangeStart")
    ? fields.invalid("rangeStart", `an address not after the end, ${end_}`)
    : fields.invalid("rangeEnd", `an address not before the start, ${start_}`);
}

/** Whether `address` may come out of the range. */
export function isInRange(range: AddressRange, address: Address): boolean {
  return range.start.family === address.family &&
    range.start.value <= address.value && address.value <= range.end.value;
}

/** Whether two ranges share an address that can be handed out. */
export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
  return isInRange(a, b.start) || isInRange(b, a.start);
}

/** Writes the interval of a range, as in `10.0.0.2-10.0.0.254`. */
export function formatRange(range: AddressRange): string {
  return `${formatAddress(range.start)}-${formatAddress(range.end)}`;
}

function parseSubnet(fields: Fields): Cidr {
  const text = fields.string("subnet");
  const subnet = text ? cidrOrUndefined(text) : undefined;
  if (text === undefined || subnet === undefined) {
    throw fields.invalid("subnet", 'a network such as "10.1.0.0/16"');
  }
  const { family } = subnet.address;
  // Two addresses of host part are the least: IPv4 loses network and broadcast.
  const maxPrefixBits = addressBits(family) - 2;
  if (subnet.prefixBits > maxPrefixBits) {
    throw fields.invalid(
      "subnet",
      `a network of /${maxPrefixBits} or larger: this one is too small to ` +
        "allocate from",
    );
  }
  if (family === 4 && text.includes(":")) {
    const plain = formatCidr(subnet);
    throw fields.invalid("subnet", `IPv4 in its own form, "${plain}"`);
  }
  if (hasHostBits(subnet)) {
    const network = formatCidr(networkOf(subnet));
    throw fields.invalid("subnet", `the network's address, "${network}"`);
  }
  return subnet;
}

function parseBound(
  fields: Fields,
  key: string,
  subnet: Cidr,
): Address | undefined {
  const address = parseAddressAt(fields, key);
  if (address === undefined || cidrContains(subnet, address)) return address;
  throw fields.invalid(key, `an address in ${formatCidr(subnet)}`);
}

/** An address; the empty text is the same as absent, as for the reference. */
function parseAddressAt(fields: Fields, key: string): Address | undefined {
  const text = fields.string(key);
  if (!text) return undefined;
  try {
    return parseAddress(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw fields.invalid(key, 'an address such as "10.1.0.10"');
  }
}

function cidrOrUndefined(text: string): Cidr | undefined {
  try {
    return parseCidr(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function lastUsableOf(subnet: Cidr): Address {
  const last = lastAddressOf(subnet);
  return last.family === 4 ? offsetAddress(last, -1n)! : last;
}
