import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Dns } from "../../../lib/spec/mod.ts";
import {
  ipamTypeOf,
  type MasqueradeKeys,
  parseMasqueradeKeys,
  parseOwnDns,
  parseVethMtu,
} from "../../shared/mod.ts";

/** The configuration of the ptp plugin, checked, with its defaults. */
export interface PtpConfig extends MasqueradeKeys {
  /** The IPAM plugin's name. */
  readonly ipamType: string;
  /** Of both ends of the pair; 0 is the kernel's default. */
  readonly mtuBytes: number;
  /** Takes the place of what the IPAM plugin says. */
  readonly dns?: Dns;
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parsePtpConfig({ config }: Request): PtpConfig {
  const { fields } = config;
  const ipamType = ipamTypeOf(fields);
  const keys = {
    ...parseMasqueradeKeys(fields),
    mtuBytes: parseVethMtu(fields),
  };
  const dns = parseOwnDns(config);
  if (ipamType === undefined) {
    throw new CniError(CniCode.InvalidConfig, "Cannot use ipam", {
      details: "ipam.type is missing or empty: ptp routes by addresses, so " +
        'name an IPAM plugin, such as "host-local"',
    });
  }
  return { ...keys, ipamType, ...(dns === undefined ? {} : { dns }) };
}
