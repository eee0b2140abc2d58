import {
  type Address,
  type Cidr,
  compareAddresses,
  formatAddress,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import { CniCode, CniError, describe } from "../../../lib/spec/mod.ts";
import { hostAddressFault, nodeAddressFault } from "./host_address.ts";

/** Where a text stands, for messages. */
export interface Place {
  /** Its name: `ipam.addresses[0].address`, or `CNI_ARGS IP`. */
  readonly key: string;
  /** The code of an error about it. */
  readonly code: number;
  /** What the reference says of one that holds no address with its length. */
  readonly known?: string;
}

/** What the reference calls the fields that hold addresses with lengths. */
export const KNOWN = {
  address: "the 'address' field is expected to be",
  ip: "the 'ip' field is expected to be",
  ips: "an entry in the 'ips' field is NOT",
};

/** The place of a key in a configuration. */
export function placeOf(key: string): Place {
  return { key, code: CniCode.InvalidConfig };
}

/** The place of a pair in `CNI_ARGS`. */
export function placeInArgs(key: string): Place {
  return { key: `CNI_ARGS ${key}`, code: CniCode.InvalidEnvironment };
}

/** What an address of a host must be, to follow "expected". */
export const HOST_EXPECTED =
  "an address with its prefix length, such as 10.0.0.5/24";

/** What a gateway must be, to follow "expected". */
export const GATEWAY_EXPECTED = "an address such as 10.0.0.1";

/** Reads an address with its prefix length that a host can have. */
export function hostAt(place: Place, value: string): Cidr {
  const expected = HOST_EXPECTED;
  const { known } = place;
  const message = known && `${known} in CIDR notation, got: '${value}'`;
  const cidr = parsedAt(place, value, { parse: parseCidr, expected, message });
  const fault = hostAddressFault(cidr);
  if (fault === undefined) return cidr;
  throw refused(place, value, `an address of a host, ${fault}`);
}

/** Reads a gateway's address. */
export function gatewayAt(place: Place, value: string): Address {
  const expected = GATEWAY_EXPECTED;
  const address = parsedAt(place, value, { parse: parseAddress, expected });
  const fault = nodeAddressFault(address);
  if (fault === undefined) return address;
  throw refused(place, value, `an address of a host, ${fault}`);
}

/** Refuses a gateway that is the container itself. */
export function refuseOwnGateway(
  place: Place,
  own: Cidr,
  gateway: Address,
): void {
  if (compareAddresses(own.address, gateway) !== 0) return;
  const expected = "another address than the container's own";
  throw refused(place, formatAddress(gateway), expected);
}

/** The error for a value that will not do, to be thrown by the caller. */
export function refused(
  { key, code }: Place,
  value: unknown,
  expected: string,
  message = `Cannot use ${key}`,
): CniError {
  return new CniError(code, message, {
    details: `${key} is ${describe(value)}: expected ${expected}`,
  });
}

function parsedAt<T>(
  place: Place,
  value: string,
  { parse, expected, message }: {
    parse: (text: string) => T;
    expected: string;
    message?: string | undefined;
  },
): T {
  try {
    return parse(value);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refused(place, value, expected, message);
  }
}
