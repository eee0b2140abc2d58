import {
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import {
  describe,
  isJsonObject,
  type Json,
  type JsonObject,
} from "../../../lib/spec/mod.ts";
import { demand, Violation } from "../../suite/mod.ts";

/** What a result says, whatever its version. */
export interface StatedResult {
  /** Empty before 0.3.0. */
  readonly interfaces: readonly StatedInterface[];
  readonly ips: readonly StatedIp[];
  readonly routes: readonly StatedRoute[];
  readonly dns: JsonObject;
}

/** An item of `interfaces`. */
export interface StatedInterface {
  readonly name: string;
  readonly mac?: string;
  readonly mtu?: number;
  /** Empty on the host. */
  readonly sandbox: string;
}

/** An item of `ips`, its address canonical. */
export interface StatedIp {
  readonly address: string;
  readonly gateway?: string;
  readonly interface?: number;
}

/** An item of `routes`, its destination canonical. */
export interface StatedRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

/**
 * Reads the result of an ADD.
 *
 * @throws {Violation} If it is not of the shape that the specification gives.
 */
export function readStated(result: JsonObject | undefined): StatedResult {
  demand(result !== undefined, "ADD succeeded without a result on stdout");
  const { ip4, ip6 } = result;
  const old = [ip4, ip6].filter(isJsonObject);
  return {
    interfaces: objects(result, "interfaces").map(interfaceOf),
    ips: [
      ...old.map((one) => ipOf({ ...one, address: one.ip })),
      ...objects(result, "ips").map(ipOf),
    ],
    routes: [
      ...old.flatMap((one) => objects(one, "routes")),
      ...objects(result, "routes"),
    ].map(routeOf),
    dns: isJsonObject(result.dns) ? result.dns : {},
  };
}

function interfaceOf(one: JsonObject): StatedInterface {
  return {
    name: text(one, "name") ?? "",
    sandbox: text(one, "sandbox") ?? "",
    ...present({ mac: text(one, "mac"), mtu: integer(one, "mtu") }),
  };
}

function ipOf(one: JsonObject): StatedIp {
  return {
    address: cidr(one, "address"),
    ...present({
      gateway: address(one, "gateway"),
      interface: integer(one, "interface"),
    }),
  };
}

function routeOf(one: JsonObject): StatedRoute {
  return {
    dst: cidr(one, "dst"),
    ...present({
      gw: address(one, "gw"),
      mtu: integer(one, "mtu"),
      advmss: integer(one, "advmss"),
      priority: integer(one, "priority"),
      table: integer(one, "table"),
      scope: integer(one, "scope"),
    }),
  };
}

function objects(parent: JsonObject, key: string): readonly JsonObject[] {
  const value = parent[key] ?? [];
  if (Array.isArray(value) && value.every(isJsonObject)) return value;
  throw unfit(key, value, "an array of objects");
}

function text(parent: JsonObject, key: string): string | undefined {
  const value = parent[key] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw unfit(key, value, "a text");
}

function integer(parent: JsonObject, key: string): number | undefined {
  const value = parent[key] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw unfit(key, value, "an integer");
}

function address(parent: JsonObject, key: string): string | undefined {
  const value = text(parent, key) || undefined;
  return value === undefined ? undefined : parsed(
    key,
    value,
    "an address",
    () => formatAddress(parseAddress(value)),
  );
}

function cidr(parent: JsonObject, key: string): string {
  const value = text(parent, key) ?? "";
  const expected = "an address with its length";
  return parsed(key, value, expected, () => formatCidr(parseCidr(value)));
}

function parsed(
  key: string,
  value: string,
  expected: string,
  parse: () => string,
): string {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SyntaxError) throw unfit(key, value, expected);
    throw error;
  }
}

function unfit(key: string, value: Json, expected: string): Violation {
  return new Violation(
    `The result's "${key}" is ${describe(value)} instead of ${expected}`,
  );
}

type Present<Values> = { [Key in keyof Values]?: NonNullable<Values[Key]> };

function present<Values extends Record<string, unknown>>(
  values: Values,
): Present<Values> {
  const entries = Object.entries(values).filter(([, value]) =>
    value !== undefined
  );
  return Object.fromEntries(entries) as Present<Values>;
}
