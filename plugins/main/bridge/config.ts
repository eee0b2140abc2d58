import {
  anyLinkNameKey,
  booleanKey,
  readKeys,
  type Request,
} from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Dns } from "../../../lib/spec/mod.ts";
import {
  ipamKey,
  type MasqueradeKeys,
  masqueradeKeys,
  ownDnsKey,
  parseContainerMac,
  requireAddressesIfOld,
  vethMtuKey,
} from "../../shared/mod.ts";
import { VLAN_KEYS, type VlanConfig } from "./vlan.ts";

/** What bridge may be told. */
export const BRIDGE_KEYS = {
  bridge: anyLinkNameKey({
    description: "The bridge's name in the host, or an alternative one of a " +
      "bridge that is there. It is made if absent and never removed by DEL. " +
      "A link of another kind with this name is an error",
    default: "cni0",
    isEmptyValue: true,
  }),
  isGateway: switchKey(
    "The bridge gets each subnet's gateway address, and the host forwards. " +
      "Without a gateway from IPAM it is the subnet's first address",
  ),
  isDefaultGateway: switchKey(
    "As `isGateway`, and the container gets a default route for each family, " +
      "unless IPAM gives one",
  ),
  forceAddress: switchKey(
    "Addresses of the bridge that are in the way of a gateway's are replaced " +
      "instead of refused",
  ),
  ...masqueradeKeys(),
  mtu: vethMtuKey(
    "In bytes, of the bridge when it is made, and of the pair: 68 to 65535. " +
      "0 or less: the kernel's default",
  ),
  hairpinMode: switchKey(
    "The port sends frames back to where they came from. Not with " +
      "`promiscMode`",
  ),
  promiscMode: switchKey("The bridge is promiscuous. Not with `hairpinMode`"),
  portIsolation: switchKey("The port does not talk to other isolated ports"),
  ...VLAN_KEYS,
  macspoofchk: switchKey(
    "Frames whose source is not the container's hardware address are dropped " +
      "(needs nft)",
  ),
  enabledad: switchKey(
    "IPv6 duplicate address detection in the container; ADD waits for it",
  ),
  disableContainerInterface: switchKey(
    "The container's end stays down. Only without `ipam`",
  ),
  ipam: ipamKey({
    description: "`ipam.type` names the IPAM plugin, which gets the whole " +
      "configuration. Without it the network is layer 2 only",
  }),
  dns: ownDnsKey(),
};

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
  readonly ipamType: string | undefined;
  /** The container's hardware address, if one is asked for. */
  readonly mac: string | undefined;
  /** Takes the place of what the IPAM plugin says. */
  readonly dns: Dns | undefined;
  /** The VLANs of the port. */
  readonly vlans: VlanConfig;
  /** Whether frames must come from the container's hardware address. */
  readonly macSpoofCheck: boolean;
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`, code 1 for a network without addresses in an old version.
 */
export function parseBridgeConfig(request: Request): BridgeConfig {
  const {
    isGateway,
    mtu,
    enabledad,
    macspoofchk,
    ipam,
    vlan,
    vlanTrunk,
    preserveDefaultVlan,
    ...keys
  } = readKeys(request.config.fields, BRIDGE_KEYS);
  const config = {
    ...keys,
    isGateway: isGateway || keys.isDefaultGateway,
    mtuBytes: mtu,
    enableDad: enabledad,
    macSpoofCheck: macspoofchk,
    ipamType: ipam,
    mac: parseContainerMac(request),
    vlans: { vlan, trunk: vlanTrunk, preserveDefaultVlan },
  };
  refuseContradictions(config);
  requireAddressesIfOld(request.config, ipam);
  return config;
}

function switchKey(description: string) {
  return booleanKey({ description, default: false });
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
