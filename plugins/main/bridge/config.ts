import type { MasqueradeBackend } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import {
  checkLinkName,
  CniCode,
  CniError,
  type Dns,
  dnsOf,
  Fields,
  parseCniArgs,
  usableMacAt,
} from "../../../lib/spec/mod.ts";
import { parseVlanConfig, type VlanConfig } from "./vlan.ts";

/** The configuration of the bridge plugin, checked, with its defaults. */
export interface BridgeConfig {
  /** The bridge's name in the host. */
  readonly bridge: string;
  /** Whether the bridge gets the gateways' addresses, and the host forwards. */
  readonly isGateway: boolean;
  /** Whether the container gets default routes through the gateways. */
  readonly isDefaultGateway: boolean;
  /** Whether addresses of the bridge that are in the way are removed. */
  readonly forceAddress: boolean;
  /** Whether what leaves the container's subnets is masqueraded. */
  readonly ipMasq: boolean;
  /** How; absent means what the host has. */
  readonly ipMasqBackend?: MasqueradeBackend;
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

/** The largest MTU that the kernel takes for these links. */
const MAX_MTU_BYTES = 65535;

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
  const ipMasqBackend = parseBackend(fields);
  const mac = parseContainerMac(request);
  const dns = parseOwnDns(request);
  const isDefaultGateway = fields.boolean("isDefaultGateway") ?? false;
  const config: BridgeConfig = {
    bridge,
    isGateway: (fields.boolean("isGateway") ?? false) || isDefaultGateway,
    isDefaultGateway,
    forceAddress: fields.boolean("forceAddress") ?? false,
    ipMasq: fields.boolean("ipMasq") ?? false,
    mtuBytes: Math.max(0, fields.integer("mtu", { max: MAX_MTU_BYTES }) ?? 0),
    hairpinMode: fields.boolean("hairpinMode") ?? false,
    promiscMode: fields.boolean("promiscMode") ?? false,
    portIsolation: fields.boolean("portIsolation") ?? false,
    enableDad: fields.boolean("enabledad") ?? false,
    disableContainerInterface: fields.boolean("disableContainerInterface") ??
      false,
    vlans: parseVlanConfig(fields),
    macSpoofCheck: fields.boolean("macspoofchk") ?? false,
    ...(ipMasqBackend === undefined ? {} : { ipMasqBackend }),
    ...(ipamType === undefined ? {} : { ipamType }),
    ...(mac === undefined ? {} : { mac }),
    ...(dns === undefined ? {} : { dns }),
  };
  refuseContradictions(config);
  return config;
}

/** The IPAM plugin's name, or `undefined` for a layer-2 network. */
export function ipamTypeOf(fields: Fields): string | undefined {
  return fields.fields("ipam")?.string("type") || undefined;
}

function parseBackend(fields: Fields): MasqueradeBackend | undefined {
  const backend = fields.string("ipMasqBackend");
  if (backend === undefined) return undefined;
  if (backend === "iptables" || backend === "nftables") return backend;
  throw fields.invalid("ipMasqBackend", '"iptables" or "nftables"');
}

/** The runtime's wish beats the configuration's, that beats `CNI_ARGS`. */
function parseContainerMac({ config, args }: Request): string | undefined {
  const runtimeConfig = config.fields.fields("runtimeConfig");
  const cni = config.fields.fields("args")?.fields("cni");
  // All three are read, so that a fault in one is told and not hidden.
  const fromArgs = new Fields({ ...parseCniArgs(args, ["MAC"]) }, "CNI_ARGS");
  return [
    runtimeConfig && usableMacAt(runtimeConfig, "mac"),
    cni && usableMacAt(cni, "mac"),
    usableMacAt(fromArgs, "MAC"),
  ].find((mac) => mac !== undefined);
}

/** The `dns` key, if it says anything: then it counts as a whole. */
function parseOwnDns({ config }: Request): Dns | undefined {
  const fields = config.fields.fields("dns");
  if (fields === undefined) return undefined;
  const saysAnything = Boolean(fields.string("domain")) ||
    ["nameservers", "search", "options"].some((key) => fields.list(key));
  return saysAnything ? dnsOf(config) : undefined;
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
