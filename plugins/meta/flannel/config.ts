import {
  type Key,
  type KeyFacts,
  mappedKey,
  objectKey,
  parsedKey,
  readKeys,
} from "../../../lib/plugin/mod.ts";
import type {
  Fields,
  JsonObject,
  PluginConfig,
} from "../../../lib/spec/mod.ts";
import { refuseOwnKeys } from "./delegate_base.ts";

/** What flanneld writes by default. */
export const DEFAULT_SUBNET_FILE = "/run/flannel/subnet.env";

/** Where the configurations of delegates are kept between ADD and DEL. */
export const DEFAULT_DATA_DIR = "/var/lib/cni/flannel";

const STATE_KEYS = {
  dataDir: pathKey({
    description: "Where delegates' configurations are kept. `stateDir`, its " +
      "first name, counts where there is no `dataDir`",
    defaultText: `\`${DEFAULT_DATA_DIR}\``,
  }),
  stateDir: pathKey({
    description: "The first name of `dataDir`, which no release of the " +
      "reference has had",
    deprecated: "dataDir",
  }),
};

/** What flannel may be told. */
export const FLANNEL_KEYS = {
  subnetFile: pathKey({
    description: "The file that flanneld writes",
    defaultText: `\`${DEFAULT_SUBNET_FILE}\``,
  }),
  ...STATE_KEYS,
  delegate: mappedKey(
    objectKey({
      description: "What the delegate's configuration starts from. Any key " +
        "but `name` and `ipam`, which are refused",
      default: {},
    }),
    (delegate) => {
      refuseOwnKeys(delegate);
      return delegate;
    },
  ),
  ipam: objectKey({
    description: "Linux: what the delegate's `ipam` starts from, such as " +
      "`dataDir` and more `routes`",
    default: {},
  }),
  runtimeConfig: objectKey({
    description: "What the runtime adds for the `capabilities` of this " +
      "plugin. It takes the place of `delegate`'s",
  }),
};

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
  readonly runtimeConfig: JsonObject | undefined;
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
  const { subnetFile, delegate, ipam, runtimeConfig } = readKeys(
    fields,
    FLANNEL_KEYS,
  );
  return {
    cniVersion: fields.string("cniVersion") ?? "",
    name,
    subnetFile: subnetFile ?? DEFAULT_SUBNET_FILE,
    ...{ delegate, ipam, runtimeConfig },
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
  const path = STATE_KEYS[key].read(fields.json(key), key);
  return { path: path ?? DEFAULT_DATA_DIR, key };
}

function pathKey(
  facts: Omit<KeyFacts, "default">,
): Key<string | undefined> {
  return parsedKey(
    { holds: "path", ...facts, isEmptyValue: true },
    "a path, or no such key",
    (text) => text === "" ? undefined : text,
  );
}
