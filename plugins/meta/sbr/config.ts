import {
  type Address,
  type Family,
  formatAddress,
  isMulticast,
  parseAddress,
} from "../../../lib/net/mod.ts";
import {
  booleanKey,
  integerKey,
  listKey,
  mappedKey,
  parsedKey,
  readKeys,
} from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  type Fields,
  invalidValue,
  type PluginConfig,
} from "../../../lib/spec/mod.ts";

const GATEWAY = parsedKey(
  { description: "The address of a gateway", isEmptyValue: true },
  "the address of a gateway, such as 10.0.0.1",
  (text) => {
    const address = parseAddress(text);
    const isUsable = address.value !== 0n && !isMulticast(address);
    return isUsable ? address : undefined;
  },
);

/** What sbr may be told. */
export const SBR_KEYS = {
  table: integerKey({
    description: "Look addresses up in this table, which another program " +
      "fills. Not with the other two",
    holds: "integer from 1",
    defaultText: "tables of its own",
    min: 1,
    max: 0xffffffff,
  }),
  gateways: mappedKey(
    listKey(GATEWAY, {
      description: "The next hop of the default route: one IPv4 and one IPv6 " +
        "address at most",
      defaultText: "the IPAM plugin's gateway",
      holds: "list of addresses",
    }),
    byFamily,
  ),
  addSourceHints: booleanKey({
    description: "Each subnet keeps a route in the main table, with the " +
      "address that packets have on it if the program chooses no other",
    default: false,
  }),
};

/** What sbr is configured to do, checked. */
export interface SbrConfig {
  /** A table that somebody else fills; absent for tables of our own. */
  readonly table: number | undefined;
  /** The next hop of the default route, by family, in place of the IPAM's. */
  readonly gateways: ReadonlyMap<Family, Address>;
  /** Whether the subnets stay reachable without a source address. */
  readonly addSourceHints: boolean;
}

/**
 * Reads and checks the keys of sbr.
 *
 * @throws {CniError} Code 7, which names key, value and remedy.
 */
export function parseSbrConfig({ fields }: PluginConfig): SbrConfig {
  const { table, gateways = new Map(), addSourceHints } = readKeys(
    fields,
    SBR_KEYS,
  );
  if (table !== undefined && (gateways.size > 0 || addSourceHints)) {
    const key = addSourceHints ? "addSourceHints" : "gateways";
    throw new CniError(CniCode.InvalidConfig, `Cannot use table and ${key}`, {
      details:
        `table is ${table}, whose routes are left to somebody else, so ` +
        `${key} would do nothing: remove one of the two`,
    });
  }
  return { table, gateways, addSourceHints };
}

/**
 * Reads `table` alone, for DEL.
 *
 * @returns `undefined` also for what is no table's number.
 */
export function tableOf(fields: Fields): number | undefined {
  const value = fields.json("table");
  return typeof value === "number" && Number.isInteger(value)
    ? value
    : undefined;
}

function byFamily(
  addresses: readonly Address[],
  path: string,
): ReadonlyMap<Family, Address> {
  const gateways = new Map<Family, Address>();
  for (const [index, address] of addresses.entries()) {
    const { family } = address;
    const first = gateways.get(family);
    if (first !== undefined) {
      const expected = "one IPv4 and one IPv6 address at most, and " +
        `${formatAddress(first)} is there already`;
      const at = `${path}[${index}]`;
      throw invalidValue(at, formatAddress(address), expected);
    }
    gateways.set(family, address);
  }
  return gateways;
}
