import {
  type Address,
  type Family,
  formatAddress,
  isMulticast,
  parseAddress,
} from "../../../lib/net/mod.ts";
import {
  CniCode,
  CniError,
  type Fields,
  type PluginConfig,
} from "../../../lib/spec/mod.ts";

/** What sbr is configured to do, checked. */
export interface SbrConfig {
  /** A table that somebody else fills; absent for tables of our own. */
  readonly table?: number;
  /** The next hop of the default route, by family, in place of the IPAM's. */
  readonly gateways: ReadonlyMap<Family, Address>;
  /** Whether the subnets stay reachable without a source address. */
  readonly addSourceHints: boolean;
}

const MAX_TABLE = 0xffffffff;

/**
 * Reads and checks the keys of sbr.
 *
 * @throws {CniError} Code 7, which names key, value and remedy.
 */
export function parseSbrConfig({ fields }: PluginConfig): SbrConfig {
  const table = fields.integer("table", { min: 1, max: MAX_TABLE });
  const gateways = parseGateways(fields);
  const addSourceHints = fields.boolean("addSourceHints") ?? false;
  if (table !== undefined && (gateways.size > 0 || addSourceHints)) {
    const key = addSourceHints ? "addSourceHints" : "gateways";
    throw new CniError(CniCode.InvalidConfig, `Cannot use table and ${key}`, {
      details:
        `table is ${table}, whose routes are left to somebody else, so ` +
        `${key} would do nothing: remove one of the two`,
    });
  }
  return {
    ...(table === undefined ? {} : { table }),
    gateways,
    addSourceHints,
  };
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

function parseGateways(fields: Fields): ReadonlyMap<Family, Address> {
  const gateways = new Map<Family, Address>();
  for (const [index, text] of (fields.strings("gateways") ?? []).entries()) {
    const key = `gateways[${index}]`;
    const address = gatewayAt(fields, key, text);
    const { family } = address;
    const first = gateways.get(family);
    if (first !== undefined) {
      const expected = "one IPv4 and one IPv6 address at most, and " +
        `${formatAddress(first)} is there already`;
      throw fields.invalid(key, expected, text);
    }
    gateways.set(family, address);
  }
  return gateways;
}

function gatewayAt(fields: Fields, key: string, text: string): Address {
  const expected = "the address of a gateway, such as 10.0.0.1";
  try {
    const address = parseAddress(text);
    if (address.value !== 0n && !isMulticast(address)) return address;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw fields.invalid(key, expected, text);
}
