import { readKeys, type Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Dns } from "../../../lib/spec/mod.ts";
import { ipamKey, ownDnsKey } from "../../shared/mod.ts";

/** What dummy may be told. */
export const DUMMY_KEYS = {
  ipam: ipamKey({
    description: "`ipam.type` names the IPAM plugin, which gets the whole " +
      "configuration",
    defaultText: "required",
  }),
  dns: ownDnsKey(),
};

/** The configuration of the dummy plugin, checked. */
export interface DummyConfig {
  /** The IPAM plugin's name. */
  readonly ipamType: string;
  /** Takes the place of what the IPAM plugin says. */
  readonly dns: Dns | undefined;
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parseDummyConfig({ config }: Request): DummyConfig {
  const { ipam: ipamType, dns } = readKeys(config.fields, DUMMY_KEYS);
  if (ipamType !== undefined) return { ipamType, dns };
  const message = "dummy interface requires an IPAM configuration";
  throw new CniError(CniCode.InvalidConfig, message, {
    details: "ipam.type is missing or empty: name an IPAM plugin, such as " +
      '"static": the interface is there for its addresses',
  });
}
