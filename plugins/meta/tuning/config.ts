import {
  booleanKey,
  integerKey,
  macKey,
  objectKey,
  readArgs,
  readKeys,
  readRuntimeConfig,
  type Request,
} from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  Fields,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";
import { macOfCniArgs } from "../../shared/mod.ts";
import type { LinkAttributes } from "./link_attributes.ts";
import { DATA_DIR_KEY } from "./state.ts";
import { parseSysctls, type Sysctl } from "./sysctl.ts";

/** What may also stand in `args.cni`, where it beats the configuration. */
export const TUNING_ARGS = {
  sysctl: objectKey({
    description: "Kernel parameters and their values, as texts. See " +
      "[kernel parameters](#kernel-parameters)",
  }),
  mac: macKey({
    description: "Hardware address: six octets, unicast. The result tells it",
    defaultText: "as it is",
  }),
  mtu: integerKey({
    description: "In bytes, up to 65536",
    defaultText: "`0`: as it is",
    min: 0,
    // That of `lo`, the largest of any link.
    max: 65536,
  }),
  promisc: booleanKey({
    description: "`true`: the interface takes all frames",
    defaultText: "`false`: as it is",
  }),
  allmulti: booleanKey({
    description: "`true`: the interface takes all multicast frames; `false`: " +
      "it does not",
    defaultText: "as it is",
  }),
  txQLen: integerKey({
    description: "Length of the transmit queue in packets; 0 is a length",
    defaultText: "as it is",
    min: 0,
    // The kernel counts in 32 bits.
    max: 4294967295,
  }),
};

/** What tuning may be told. */
export const TUNING_KEYS = {
  ...TUNING_ARGS,
  dataDir: DATA_DIR_KEY,
};

/** What a runtime may ask of tuning. */
export const TUNING_CAPABILITIES = {
  mac: macKey({
    description: "As `mac`. It beats `MAC` in `CNI_ARGS` and the key `mac`; " +
      "`args.cni.mac` beats it",
  }),
};

/** What tuning is configured to do. */
export interface TuningConfig {
  /** Kernel parameters, in the order in which they are set. */
  readonly sysctls: readonly Sysctl[];
  /** The attributes to give to the interface; none that are left alone. */
  readonly attributes: Partial<LinkAttributes>;
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`.
 */
export function parseTuningConfig(request: Request): TuningConfig {
  const { fields } = request.config;
  // All are read, so that a fault in one is told and not hidden.
  const own = readKeys(fields, TUNING_KEYS);
  const asked = readArgs(fields, TUNING_ARGS);
  const runtime = readRuntimeConfig(fields, TUNING_CAPABILITIES);
  const fromCniArgs = macOfCniArgs(request.args);
  const mac = asked.mac ?? runtime.mac ?? fromCniArgs ?? own.mac;
  const mtu = asked.mtu ?? own.mtu;
  const allmulti = asked.allmulti ?? own.allmulti;
  const txQLen = asked.txQLen ?? own.txQLen;
  const cni = fields.fields("args")?.fields("cni") ?? new Fields({});
  return {
    sysctls: parseSysctls(request, cni),
    attributes: {
      ...(mac === undefined ? {} : { mac }),
      ...(asked.promisc ?? own.promisc ? { promisc: true } : {}),
      ...(mtu ? { mtu } : {}),
      ...(allmulti === undefined ? {} : { allmulti }),
      ...(txQLen === undefined ? {} : { txQLen }),
    },
  };
}

/** Whether there is nothing to do for a configuration. */
export function isIdle({ sysctls, attributes }: TuningConfig): boolean {
  return sysctls.length === 0 && !hasAttributes(attributes);
}

/** Whether any attribute is to be set. */
export function hasAttributes(attributes: Partial<LinkAttributes>): boolean {
  return Object.keys(attributes).length > 0;
}

/**
 * The result of the plugins before this one.
 *
 * @throws {CniError} Code 7 if there is none.
 */
export function requirePrevResult({ config }: Request): Result {
  const result = prevResultOf(config);
  if (result !== undefined) return result;
  throw new CniError(CniCode.InvalidConfig, "Required prevResult missing", {
    details: "tuning changes an interface that another plugin has made: put " +
      "it after that plugin in the list",
  });
}
