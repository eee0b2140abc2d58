import { readKeys, type Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Dns } from "../../../lib/spec/mod.ts";
import {
  ipamKey,
  type MasqueradeKeys,
  masqueradeKeys,
  ownDnsKey,
  vethMtuKey,
} from "../../shared/mod.ts";

/** What ptp may be told. */
export const PTP_KEYS = {
  ipam: ipamKey({
    description: "`ipam.type` names the IPAM plugin, which gets the whole " +
      "configuration. Each address must have a gateway of its family",
    defaultText: "required",
  }),
  ...masqueradeKeys(),
  mtu: vethMtuKey(
    "In bytes, of both ends, 68 to 65535. 0 or less: the kernel's default",
  ),
  dns: ownDnsKey(),
};

/** The configuration of the ptp plugin, checked, with its defaults. */
export interface PtpConfig extends MasqueradeKeys {
  /** The IPAM plugin's name. */
  readonly ipamType: string;
  /** Of both ends of the pair; 0 is the kernel's default. */
  readonly mtuBytes: number;
  /** Takes the place of what the IPAM plugin says. */
  readonly dns: Dns | undefined;
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parsePtpConfig({ config }: Request): PtpConfig {
  const { ipam, mtu, ...keys } = readKeys(config.fields, PTP_KEYS);
  if (ipam === undefined) {
    throw new CniError(CniCode.InvalidConfig, "Cannot use ipam", {
      details: "ipam.type is missing or empty: ptp routes by addresses, so " +
        'name an IPAM plugin, such as "host-local"',
    });
  }
  return { ...keys, ipamType: ipam, mtuBytes: mtu };
}
