import type { Request } from "../../../lib/plugin/mod.ts";
import {
  checkLinkName,
  CniCode,
  CniError,
  type Dns,
} from "../../../lib/spec/mod.ts";
import {
  ipamTypeOf,
  type MasqueradeKeys,
  parseContainerMac,
  parseMasqueradeKeys,
  parseOwnDns,
  parseVethMtu,
} from "../../shared/mod.ts";
import { parseVlanConfig, type VlanConfig } from "./vlan.ts";

/** The configuration of the bridge plugin, checked, with its defaults. */
export interface BridgeConfig extends MasqueradeKeys {
  /** The bridge's name in the host. */
  readonly bridge: string;
  /** Whether the bridge gets the gateways' addresses, and the host forwards. */
  readonly isGateway: boolean;
  /** Whether the container gets default routes through the gateways. */
  readonly isDefaultGateway: boolean;
  /** Whether addresses of the bridge that are in the way are removed. */
  readonly forceAddress: boolean;
  /** Of the bridge, when it is made, and of the pair; 0 is the kernel's default. */
  readonly mtuBytes: number;
  readonly hairpinMode: boolean;
  readonly promiscMode: boolean;
  readonly portIsolation: boolean;
  /** Whether IPv6 duplicate address detection is done in the container. */
  readonly enableDad: boolean;
  /** Whether the container's end is left down; without `ipam` only. */
  readonly disableContainerInterface: boolean;
  /** The IPAM plugin's name; absent for a layer-2 network. */
  readonly ipamType?: string;
  /** The container's hardware address, if one is asked for. */
  readonly mac?: string;
  /** Takes the place of what the IPAM plugin says. */
  readonly dns?: Dns;
  /** The VLANs of the port. */
  readonly vlans: VlanConfig;
  /** Whether frames must come from the container's hardware address. */
  readonly macSpoofCheck: boolean;
}

const DEFAULT_BRIDGE = "cni0";

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`.
 */
export function parseBridgeConfig(request: Request): BridgeConfig {
  const { fields } = request.config;
  const bridge = fields.string("bridge") ?? DEFAULT_BRIDGE;
  checkLinkName(bridge, "bridge");
  const ipamType = ipamTypeOf(fields);
  const mac = parseContainerMac(request);
  const dns = parseOwnDns(request.config);
  const isDefaultGateway = fields.boolean("isDefaultGateway") ?? false;
  const config: BridgeConfig = {
    bridge,
    isGateway: (fields.boolean("isGateway") ?? false) || isDefaultGateway,
    isDefaultGateway,
    forceAddress: fields.boolean("forceAddress") ?? false,
    mtuBytes: parseVethMtu(fields),
    hairpinMode: fields.boolean("hairpinMode") ?? false,
    promiscMode: fields.boolean("promiscMode") ?? false,
    portIsolation: fields.boolean("portIsolation") ?? false,
    enableDad: fields.boolean("enabledad") ?? false,
    disableContainerInterface: fields.boolean("disableContainerInterface") ??
      false,
    vlans: parseVlanConfig(fields),
    macSpoofCheck: fields.boolean("macspoofchk") ?? false,
    ...parseMasqueradeKeys(fields),
    ...(ipamType === undefined ? {} : { ipamType }),
    ...(mac === undefined ? {} : { mac }),
    ...(dns === undefined ? {} : { dns }),
  };
  refuseContradictions(config);
  return config;
}

function refuseContradictions(config: BridgeConfig): void {
  if (config.hairpinMode && config.promiscMode) {
    throw contradiction(
      "hairpinMode and promiscMode",
      "cannot set hairpin mode and promiscuous mode at the same time: " +
        "remove one of the two",
    );
  }
  if (config.disableContainerInterface && config.ipamType !== undefined) {
    throw contradiction(
      "disableContainerInterface",
      `disableContainerInterface is true, but ipam.type is ` +
        `"${config.ipamType}": an interface that is down takes no address, ` +
        "so remove one of the two",
    );
  }
}

function contradiction(keys: string, details: string): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot use ${keys}`, { details });
}
