import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  Fields,
  parseCniArgs,
  prevResultOf,
  type Result,
  usableMacAt,
} from "../../../lib/spec/mod.ts";
import type { LinkAttributes } from "./link_attributes.ts";
import { parseDataDir } from "./state.ts";
import { parseSysctls, type Sysctl } from "./sysctl.ts";

/** What tuning is configured to do. */
export interface TuningConfig {
  /** Kernel parameters, in the order in which they are set. */
  readonly sysctls: readonly Sysctl[];
  /** The attributes to give to the interface; none that are left alone. */
  readonly attributes: Partial<LinkAttributes>;
}

/** The largest MTU that any link has: that of `lo`. */
export const MAX_MTU_BYTES = 65536;

/** The longest transmit queue that the kernel counts. */
export const MAX_QUEUE = 4294967295;

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`.
 */
export function parseTuningConfig(request: Request): TuningConfig {
  const { fields } = request.config;
  const cni = fields.fields("args")?.fields("cni") ?? new Fields({});
  parseDataDir(fields);
  const mac = parseInterfaceMac(request, cni);
  const isPromisc = either(fields, cni, (one) => one.boolean("promisc"));
  const mtuBounds = { min: 0, max: MAX_MTU_BYTES };
  const mtu = either(fields, cni, (one) => one.integer("mtu", mtuBounds));
  const allmulti = either(fields, cni, (one) => one.boolean("allmulti"));
  const queueBounds = { min: 0, max: MAX_QUEUE };
  const txQLen = either(
    fields,
    cni,
    (one) => one.integer("txQLen", queueBounds),
  );
  return {
    sysctls: parseSysctls(request, cni),
    attributes: {
      ...(mac === undefined ? {} : { mac }),
      ...(isPromisc ? { promisc: true } : {}),
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

/** The value in `args.cni`, which beats that of the configuration. */
function either<T>(
  fields: Fields,
  cni: Fields,
  read: (fields: Fields) => T | undefined,
): T | undefined {
  // Both are read, so that a fault in one is told and not hidden.
  const [own, asked] = [read(fields), read(cni)];
  return asked ?? own;
}

/** `args.cni` beats the runtime's wish, that `CNI_ARGS`, those the key. */
function parseInterfaceMac(
  { config: { fields }, args }: Request,
  cni: Fields,
): string | undefined {
  const runtimeConfig = fields.fields("runtimeConfig") ?? new Fields({});
  const fromArgs = new Fields({ ...parseCniArgs(args, ["MAC"]) }, "CNI_ARGS");
  return [
    usableMacAt(cni, "mac"),
    usableMacAt(runtimeConfig, "mac"),
    usableMacAt(fromArgs, "MAC"),
    usableMacAt(fields, "mac"),
  ].find((mac) => mac !== undefined);
}
