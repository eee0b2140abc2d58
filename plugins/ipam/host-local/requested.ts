import {
  type Address,
  compareAddresses,
  formatAddress,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import {
  type Key,
  listKey,
  parsedKey,
  readArgs,
  readRuntimeConfig,
} from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  describe,
  type Fields,
  parseCniArgs,
} from "../../../lib/spec/mod.ts";
import { formatRangeSet, rangeFor, type RangeSet } from "./range_set.ts";

/** An address that the runtime asks for. */
export interface RequestedAddress {
  /** The address; a prefix length given with it is dropped. */
  readonly address: Address;
  /** Where it stands: `runtimeConfig.ips[0]`, or `CNI_ARGS IP`. */
  readonly key: string;
}

const EXPECTED = 'one address such as "10.1.0.10" or "10.1.0.10/16"';

const REQUESTED_KEY: Key<RequestedAddress> = parsedKey(
  { description: "An address", isRequired: true, isEmptyValue: true },
  EXPECTED,
  (text, key) => {
    const address = parseEither(text);
    return address === undefined ? undefined : { address, key };
  },
);

/** The addresses that the runtime asks for. */
export const REQUESTED_CAPABILITIES = {
  ips: listKey(REQUESTED_KEY, {
    description: "Addresses to take, with or without a prefix length, which " +
      "is ignored. Those of `args.cni.ips`, or else `IP` in `CNI_ARGS`, count " +
      "besides",
    holds: "list of addresses",
  }),
};

/** As {@linkcode REQUESTED_CAPABILITIES}, in `args.cni`. */
export const REQUESTED_ARGS = {
  ips: listKey(REQUESTED_KEY, {
    description: "Addresses to take, in place of `IP` in `CNI_ARGS`, which " +
      "names one",
    holds: "list of addresses",
  }),
};

/**
 * Collects the addresses that are asked for: `args.cni.ips`, or `IP` in
 * `CNI_ARGS` where that has none (CNI conventions, "CNI_ARGS"), and
 * `runtimeConfig.ips` besides. One that is asked for twice counts once.
 *
 * @param fields The whole network configuration.
 * @param cniArgs The text of `CNI_ARGS`.
 * @throws {CniError} Code 4 for `CNI_ARGS`, code 7 for the other two.
 */
export function parseRequested(
  fields: Fields,
  cniArgs: string,
): readonly RequestedAddress[] {
  const ofEnvironment = fromCniArgs(cniArgs);
  const { ips: ofArgs = [] } = readArgs(fields, REQUESTED_ARGS);
  const { ips = [] } = readRuntimeConfig(fields, REQUESTED_CAPABILITIES);
  const all = [
    ...(ofArgs.length > 0 ? ofArgs : ofEnvironment),
    ...ips,
  ];
  return all.filter(({ address }, index) =>
    index === all.findIndex((one) => isSame(one.address, address))
  );
}

/**
 * Gives each requested address to the set that it comes from.
 *
 * @returns For each set the address to take, or `undefined` for any.
 * @throws {CniError} If an address is in no set, or two are in one: the code
 * is 4 for one of `CNI_ARGS`, else 7.
 */
export function assignRequested(
  sets: readonly RangeSet[],
  requested: readonly RequestedAddress[],
): readonly (Address | undefined)[] {
  const assigned = sets.map((set) =>
    requested.find(({ address }) => rangeFor(set, address) !== undefined)
  );
  const left = requested.filter((request) => !assigned.includes(request));
  if (left.length === 0) return assigned.map((request) => request?.address);
  const isEnvironment = left.every(({ key }) => key === CNI_ARGS_KEY);
  const code = isEnvironment
    ? CniCode.InvalidEnvironment
    : CniCode.InvalidConfig;
  const list = left.map(({ address }) => formatAddress(address)).join(", ");
  const ranges = sets.map(formatRangeSet).join(" and ");
  throw new CniError(code, `failed to allocate all requested IPs: ${list}`, {
    details: `${left.map(({ key }) => key).join(", ")} can only name one ` +
      `address of each range set: ${ranges}`,
  });
}

const CNI_ARGS_KEY = "CNI_ARGS IP";

function fromCniArgs(cniArgs: string): readonly RequestedAddress[] {
  const { IP: text } = parseCniArgs(cniArgs, ["IP"]);
  if (!text) return [];
  const address = parseEither(text);
  if (address !== undefined) return [{ address, key: CNI_ARGS_KEY }];
  const code = CniCode.InvalidEnvironment;
  throw new CniError(code, `Cannot use ${CNI_ARGS_KEY}`, {
    details: `${CNI_ARGS_KEY} is ${describe(text)}: expected ${EXPECTED}`,
  });
}

function parseEither(text: string): Address | undefined {
  try {
    return text.includes("/") ? parseCidr(text).address : parseAddress(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isSame(a: Address, b: Address): boolean {
  return compareAddresses(a, b) === 0;
}
