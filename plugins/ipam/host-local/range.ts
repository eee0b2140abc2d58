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
import {
  fieldsKey,
  type Key,
  type KeyValues,
  mappedKey,
  parsedKey,
} from "../../../lib/plugin/mod.ts";
import { invalidValue } from "../../../lib/spec/mod.ts";

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

const ADDRESS = 'an address such as "10.1.0.10"';

/** What is known of `subnet`. */
const SUBNET = {
  description: "The network without host bits, of /30 or larger, in IPv6 of " +
    "/126 or larger",
  isEmptyValue: true,
  holds: "address/length",
  example: "10.1.0.0/16",
} as const;

const SUBNET_EXPECTED = 'a network such as "10.1.0.0/16"';

/** The keys of a range besides `subnet`. */
const REST_KEYS = {
  rangeStart: parsedKey(
    {
      description: "The first address to hand out, in the subnet",
      defaultText: "the first after the network's",
      holds: "address",
    },
    ADDRESS,
    parseAddress,
  ),
  rangeEnd: parsedKey(
    {
      description: "The last address to hand out, in the subnet and not " +
        "before the start",
      defaultText: "IPv4: the last before the broadcast; IPv6: the last",
      holds: "address",
    },
    ADDRESS,
    parseAddress,
  ),
  gateway: parsedKey(
    {
      description: "What the result names as gateway; it may lie outside the " +
        "subnet",
      defaultText: "the first after the network's",
      holds: "address",
    },
    ADDRESS,
    parseAddress,
  ),
};

/** The keys of the single range that may stand in `ipam` itself. */
export const SINGLE_RANGE_KEYS = {
  subnet: parsedKey(SUBNET, SUBNET_EXPECTED, parseSubnet),
  ...REST_KEYS,
};

const RANGE_KEYS = {
  subnet: parsedKey(
    { ...SUBNET, isRequired: true },
    SUBNET_EXPECTED,
    parseSubnet,
  ),
  ...REST_KEYS,
};

/** A range in a list. */
export const RANGE_KEY: Key<AddressRange | undefined> = mappedKey(
  fieldsKey(RANGE_KEYS, {
    description: "Addresses of one subnet",
    expected: 'a range such as {"subnet": "10.1.0.0/16"}',
  }),
  toRange,
);

/**
 * Makes a range of the values of its keys.
 *
 * Without a start it begins after the network's address, without an end it
 * stops before the broadcast of IPv4, or at the last address of IPv6. The
 * gateway is the address after the network's own unless it is named.
 *
 * @param path Where the keys stand.
 * @throws {CniError} Code 7, which names key, value and remedy.
 */
export function toRange(
  { subnet, rangeStart, rangeEnd, gateway }: KeyValues<typeof RANGE_KEYS>,
  path: string,
): AddressRange {
  const first = offsetAddress(subnet.address, 1n)!;
  refuseOutside(rangeStart, subnet, `${path}.rangeStart`);
  refuseOutside(rangeEnd, subnet, `${path}.rangeEnd`);
  const start = rangeStart ?? first;
  const end = rangeEnd ?? lastUsableOf(subnet);
  if (compareAddresses(start, end) <= 0) {
    return { subnet, start, end, gateway: gateway ?? first };
  }
  const [start_, end_] = [formatAddress(start), formatAddress(end)];
  throw rangeStart === undefined
    ? invalidValue(
      `${path}.rangeEnd`,
      end_,
      `an address not before the start, ${start_}`,
    )
    : invalidValue(
      `${path}.rangeStart`,
      start_,
      `an address not after the end, ${end_}`,
    );
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

function parseSubnet(text: string, path: string): Cidr {
  const subnet = parseCidr(text);
  const invalid = (expected: string) => invalidValue(path, text, expected);
  const { family } = subnet.address;
  // Two addresses of host part are the least: IPv4 loses network and broadcast.
  const maxPrefixBits = addressBits(family) - 2;
  if (subnet.prefixBits > maxPrefixBits) {
    throw invalid(
      `a network of /${maxPrefixBits} or larger: this one is too small to ` +
        "allocate from",
    );
  }
  if (family === 4 && text.includes(":")) {
    throw invalid(`IPv4 in its own form, "${formatCidr(subnet)}"`);
  }
  if (hasHostBits(subnet)) {
    const network = formatCidr(networkOf(subnet));
    throw invalid(`the network's address, "${network}"`);
  }
  return subnet;
}

function refuseOutside(
  bound: Address | undefined,
  subnet: Cidr,
  path: string,
): void {
  if (bound === undefined || cidrContains(subnet, bound)) return;
  const expected = `an address in ${formatCidr(subnet)}`;
  throw invalidValue(path, formatAddress(bound), expected);
}

function lastUsableOf(subnet: Cidr): Address {
  const last = lastAddressOf(subnet);
  return last.family === 4 ? offsetAddress(last, -1n)! : last;
}
