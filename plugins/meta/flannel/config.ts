import type {
  Fields,
  JsonObject,
  PluginConfig,
} from "../../../lib/spec/mod.ts";

/** What flannel is configured to do, with its defaults. */
export interface FlannelConfig {
  /** `cniVersion` as it is written; empty if there is none. */
  readonly cniVersion: string;
  /** The network's name. */
  readonly name: string;
  /** The file that flanneld writes. */
  readonly subnetFile: string;
  /** What the delegate's configuration starts from. */
  readonly delegate: JsonObject;
  /** What the delegate's `ipam` section starts from. */
  readonly ipam: JsonObject;
  /** What the runtime has added, for the delegate. */
  readonly runtimeConfig?: JsonObject;
}

/** A folder, and the key that names it. */
export interface DataDir {
  readonly path: string;
  readonly key: "dataDir" | "stateDir";
}

/**
 * Reads flannel's own keys.
 *
 * @throws {CniError} Code 7 for a value of a wrong type.
 */
export function parseFlannelConfig(
  { name, fields }: PluginConfig,
): FlannelConfig {
  parseDataDir(fields);
  const runtimeConfig = fields.object("runtimeConfig");
  return {
    cniVersion: fields.string("cniVersion") ?? "",
    name,
    subnetFile: path(fields, "subnetFile") ?? DEFAULT_SUBNET_FILE,
    delegate: fields.object("delegate") ?? {},
    ipam: fields.object("ipam") ?? {},
    ...(runtimeConfig === undefined ? {} : { runtimeConfig }),
  };
}

/**
 * Reads the folder of state alone: all that a DEL needs to find what an ADD
 * has kept.
 *
 * @throws {CniError} Code 7.
 */
export function parseDataDir(fields: Fields): DataDir {
  // Its first name, which no release of the reference has had.
  const key = fields.json("dataDir") === undefined &&
      fields.json("stateDir") !== undefined
    ? "stateDir"
    : "dataDir";
  return { path: path(fields, key) ?? DEFAULT_DATA_DIR, key };
}

/** What flanneld writes by default. */
export const DEFAULT_SUBNET_FILE = "/run/flannel/subnet.env";

/** Where the configurations of delegates are kept between ADD and DEL. */
export const DEFAULT_DATA_DIR = "/var/lib/cni/flannel";

function path(fields: Fields, key: string): string | undefined {
  const text = fields.string(key);
  if (text === "") throw fields.invalid(key, "a path, or no such key");
  return text;
}
