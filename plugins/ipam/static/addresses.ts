import { formatAddress, formatCidr } from "../../../lib/net/mod.ts";
import {
  fieldsKey,
  type Key,
  listKey,
  mappedKey,
  parsedKey,
  readArgs,
  readKeys,
  readRuntimeConfig,
} from "../../../lib/plugin/mod.ts";
import type { Fields, IpConfig } from "../../../lib/spec/mod.ts";
import {
  GATEWAY_EXPECTED,
  gatewayAt,
  HOST_EXPECTED,
  hostAt,
  KNOWN,
  placeOf,
  refused,
  refuseOwnGateway,
} from "./place.ts";
import { joinRequested, readCniArgs, type StaticAddress } from "./requested.ts";

function hostKey(known: string): Key<StaticAddress> {
  return parsedKey(
    {
      description: "The address. The host part is kept: `10.34.0.5/24`",
      isRequired: true,
      isEmptyValue: true,
      holds: "address/length",
    },
    HOST_EXPECTED,
    (text, path) => {
      const place = { ...placeOf(path), known };
      return { ...place, cidr: hostAt(place, text) };
    },
  );
}

const ADDRESS_KEYS = {
  address: hostKey(KNOWN.address),
  gateway: parsedKey(
    {
      description: "What the result names as gateway; it may lie outside the " +
        "subnet",
      holds: "address",
    },
    GATEWAY_EXPECTED,
    (text, path) => gatewayAt(placeOf(path), text),
  ),
};

const ADDRESS_KEY: Key<StaticAddress | undefined> = mappedKey(
  fieldsKey(ADDRESS_KEYS, { description: "An address of the container" }),
  ({ address, gateway }, path) => {
    if (gateway === undefined) return address;
    const place = placeOf(`${path}.gateway`);
    refuseOwnGateway(place, address.cidr, gateway);
    return { ...address, gateway };
  },
);

/** The addresses, in `ipam`. */
export const ADDRESSES_KEYS = {
  addresses: listKey(ADDRESS_KEY, {
    description: "The addresses, in the order of the result",
    holds: "list of objects",
  }),
};

/** The addresses that the runtime asks for. */
export const ADDRESSES_CAPABILITIES = {
  ips: listKey(hostKey(KNOWN.ips), {
    description: "Addresses with lengths, in place of all others",
    holds: "list of addresses",
  }),
};

/** As {@linkcode ADDRESSES_CAPABILITIES}, in `args.cni`. */
export const ADDRESSES_ARGS = {
  ips: listKey(hostKey(KNOWN.ips), {
    description: "Addresses with lengths, in place of `ipam.addresses` and " +
      "`CNI_ARGS`",
    holds: "list of addresses",
  }),
};

/**
 * Collects the addresses. `runtimeConfig.ips` takes the place of all others,
 * else `args.cni.ips` does; without them, `IP` in `CNI_ARGS` adds to
 * `ipam.addresses`. What is replaced is not looked at, but for `CNI_ARGS`,
 * which is read in any case.
 *
 * @param fields The whole network configuration.
 * @param ipam Its `ipam` section.
 * @param cniArgs The text of `CNI_ARGS`.
 * @throws {CniError} Code 7, or 4 for `CNI_ARGS`, if an address or a gateway
 * is none that a host can have, stands there twice, or does not fit.
 */
export function readAddresses(
  fields: Fields,
  ipam: Fields,
  cniArgs: string,
): readonly IpConfig[] {
  const requested = readCniArgs(cniArgs);
  const addresses =
    ifAny(readRuntimeConfig(fields, ADDRESSES_CAPABILITIES).ips) ??
      ifAny(readArgs(fields, ADDRESSES_ARGS).ips) ??
      joinRequested(readKeys(ipam, ADDRESSES_KEYS).addresses ?? [], requested);
  refuseRepeats(addresses);
  return addresses.map(({ cidr, gateway }) => ({
    address: formatCidr(cidr),
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
  }));
}

/** An empty list is the same as none. */
function ifAny<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length ? list : undefined;
}

function refuseRepeats(addresses: readonly StaticAddress[]): void {
  const keys = new Map<string, string>();
  for (const address of addresses) {
    const { cidr, key } = address;
    const text = formatAddress(cidr.address);
    const first = keys.get(text);
    if (first !== undefined) {
      const expected = `an address that ${first} does not name already`;
      throw refused(address, formatCidr(cidr), expected);
    }
    keys.set(text, key);
  }
}
