import type { Request } from "../../../lib/plugin/mod.ts";
import {
  checkLinkName,
  CniCode,
  CniError,
  type Dns,
  type Fields,
} from "../../../lib/spec/mod.ts";
import {
  ipamTypeOf,
  parseConfiguredMac,
  parseOwnDns,
} from "../../shared/mod.ts";

/** The configuration of the tap plugin, checked, with its defaults. */
export interface TapConfig {
  /** Whether the device has several queues. */
  readonly isMultiQueue: boolean;
  /** 0 is the kernel's default. */
  readonly mtuBytes: number;
  /** The device's hardware address, if one is asked for. */
  readonly mac?: string;
  /** The number of the user who may open the device. */
  readonly owner?: number;
  /** The number of the group who may open the device. */
  readonly group?: number;
  /** What SELinux is to take the device for. */
  readonly selinuxContext?: string;
  /** A bridge in the container that the device becomes a port of. */
  readonly bridge?: string;
  /** The IPAM plugin's name; absent for a device without addresses. */
  readonly ipamType?: string;
  /** Takes the place of what the IPAM plugin says. */
  readonly dns?: Dns;
}

/** The bounds of a tap device's MTU in the kernel. */
const MIN_MTU_BYTES = 68;
const MAX_MTU_BYTES = 65521;

/** The number after it means nobody. */
export const MAX_ID = 2 ** 32 - 2;

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`.
 */
export function parseTapConfig(request: Request): TapConfig {
  const { config, ifname } = request;
  const { fields } = config;
  const mac = parseConfiguredMac(request);
  const owner = fields.integer("owner", { min: 0, max: MAX_ID });
  const group = fields.integer("group", { min: 0, max: MAX_ID });
  const selinuxContext = parseSelinuxContext(fields);
  const bridge = parseBridge(fields, ifname);
  const ipamType = ipamTypeOf(fields);
  const dns = parseOwnDns(config);
  return {
    isMultiQueue: fields.boolean("multiQueue") ?? false,
    mtuBytes: parseMtu(fields),
    ...(mac === undefined ? {} : { mac }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(selinuxContext === undefined ? {} : { selinuxContext }),
    ...(bridge === undefined ? {} : { bridge }),
    ...(ipamType === undefined ? {} : { ipamType }),
    ...(dns === undefined ? {} : { dns }),
  };
}

function parseMtu(fields: Fields): number {
  const bounds = { min: 0, max: MAX_MTU_BYTES };
  const mtuBytes = fields.integer("mtu", bounds) ?? 0;
  if (mtuBytes === 0 || mtuBytes >= MIN_MTU_BYTES) return mtuBytes;
  const expected = "0 for the kernel's default, or a whole number from ";
  throw fields.invalid(
    "mtu",
    `${expected}${MIN_MTU_BYTES} to ${MAX_MTU_BYTES}`,
  );
}

/** `user:role:type`, and perhaps `:level`, as in `s0-s0:c0.c1023`. */
function parseSelinuxContext(fields: Fields): string | undefined {
  const text = fields.string("selinuxContext");
  if (!text) return undefined;
  if (/^\w[\w.-]*(:[\w.,-]+){2,4}$/.test(text)) return text;
  const expected = "a context such as system_u:system_r:container_t:s0";
  throw fields.invalid("selinuxContext", expected);
}

function parseBridge(fields: Fields, ifname: string): string | undefined {
  const text = fields.string("bridge");
  if (!text) return undefined;
  checkLinkName(text, "bridge");
  if (text !== ifname) return text;
  throw new CniError(CniCode.InvalidConfig, "Cannot use bridge", {
    details: `bridge is "${text}", as CNI_IFNAME is: expected the name of a ` +
      "bridge that is in the container already",
  });
}
