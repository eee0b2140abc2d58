import {
  type Address,
  type Family,
  formatAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import {
  choiceKey,
  parsedKey,
  readKeys,
  type Request,
} from "../../../lib/plugin/mod.ts";
import {
  checkLinkName,
  CniCode,
  CniError,
  invalidValue,
  type PluginConfig,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";
import { isOwnChain } from "./rules.ts";

const BACKENDS = ["iptables", "firewalld"] as const;

/** What puts the rules into the kernel. */
export type Backend = typeof BACKENDS[number];

const INGRESS_POLICIES = ["open", "same-bridge", "isolated"] as const;

/** Who may reach a container: everybody, its own bridge's, nobody's. */
export type IngressPolicy = typeof INGRESS_POLICIES[number];

/** The kernel's limit, less the terminating NUL. */
const MAX_CHAIN_LENGTH = 28;

const DEFAULT_ZONE = "trusted";

/** What firewall may be told. */
export const FIREWALL_KEYS = {
  backend: choiceKey(BACKENDS, {
    description: "`iptables` or `firewalld`: which lets addresses pass",
    defaultText: "firewalld where it runs, or iptables",
  }),
  iptablesAdminChainName: parsedKey(
    {
      description: "The administrator's chain, asked before all of the " +
        `plugin's own: up to ${MAX_CHAIN_LENGTH} letters, digits, \`_-.:\``,
      default: "CNI-ADMIN",
    },
    `a chain's name: up to ${MAX_CHAIN_LENGTH} letters, digits, "_", "-", ` +
      '"." and ":"',
    parseAdminChain,
  ),
  firewalldZone: parsedKey(
    {
      description: "The zone of firewalld that addresses are put into",
      default: DEFAULT_ZONE,
    },
    "a zone's name without white space",
    (text) => isZone(text) ? text : undefined,
  ),
  ingressPolicy: choiceKey(INGRESS_POLICIES, {
    description: "Who may reach containers: `open`, `same-bridge` or " +
      "`isolated`. See [ingress policies](#ingress-policies)",
    default: "open",
  }),
};

/** What firewall is configured to do, with its defaults. */
export interface FirewallConfig {
  /** Absent means firewalld where it runs, else iptables. */
  readonly backend: Backend | undefined;
  /** The administrator's chain, which is asked first. */
  readonly adminChain: string;
  /** The zone of firewalld. */
  readonly zone: string;
  readonly ingressPolicy: IngressPolicy;
}

/**
 * Reads and checks firewall's own keys.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parseFirewallConfig({ fields }: PluginConfig): FirewallConfig {
  const { iptablesAdminChainName, firewalldZone, ...keys } = readKeys(
    fields,
    FIREWALL_KEYS,
  );
  return { ...keys, adminChain: iptablesAdminChainName, zone: firewalldZone };
}

/**
 * As {@linkcode parseFirewallConfig}, for a DEL: what will not do is as if it
 * were absent.
 */
export function readFirewallConfig(
  { fields }: PluginConfig,
): Pick<FirewallConfig, "backend" | "zone"> {
  const [backend, zone] = [
    fields.json("backend"),
    fields.json("firewalldZone"),
  ];
  return {
    backend: BACKENDS.find((one) => one === backend),
    zone: typeof zone === "string" && isZone(zone) ? zone : DEFAULT_ZONE,
  };
}

/** What an ADD or a CHECK is about, checked. */
export interface FirewallInput {
  readonly config: FirewallConfig;
  /** The result of the plugins before this one. */
  readonly result: Result;
  /** The addresses of the container by family; families without any are not there. */
  readonly addresses: ReadonlyMap<Family, readonly Address[]>;
  /** The bridge to keep apart; absent for the open policy. */
  readonly bridge?: string;
}

/**
 * Reads all that an ADD or a CHECK has to know.
 *
 * @throws {CniError} Code 7.
 */
export function readFirewallInput({ config }: Request): FirewallInput {
  const own = parseFirewallConfig(config);
  const result = prevResultOf(config);
  if (result === undefined) {
    const message = "missing prevResult from earlier plugin";
    throw new CniError(CniCode.InvalidConfig, message, {
      details:
        "firewall is about the addresses that another plugin has given: " +
        "put it after that plugin in the list",
    });
  }
  const addresses = addressesOf(result);
  return {
    config: own,
    result,
    addresses,
    ...(own.ingressPolicy === "open"
      ? {}
      : { bridge: bridgeOf(result, own.ingressPolicy) }),
  };
}

/** The addresses of a result by family, each once. */
export function addressesOf(
  { ips = [] }: Result,
): ReadonlyMap<Family, readonly Address[]> {
  const found = new Map(
    ips.map((ip) => {
      const { address } = parseCidr(ip.address);
      return [formatAddress(address), address];
    }),
  );
  const families = ([4, 6] as const).map((family) =>
    [
      family,
      [...found.values()].filter((address) => address.family === family),
    ] as const
  );
  return new Map(families.filter(([, addresses]) => addresses.length > 0));
}

function parseAdminChain(text: string, path: string): string | undefined {
  const isName = text.length <= MAX_CHAIN_LENGTH &&
    /^[A-Za-z0-9_][\w.:-]*$/.test(text);
  if (!isName || !isOwnChain(text)) return isName ? text : undefined;
  throw invalidValue(path, text, "a chain of its own, such as CNI-ADMIN");
}

function isZone(text: string): boolean {
  return /^[A-Za-z0-9_][\w./-]*$/.test(text);
}

/** The bridge is the first interface, as the bridge plugin tells it. */
function bridgeOf({ interfaces = [] }: Result, policy: IngressPolicy): string {
  const [bridge] = interfaces;
  if (bridge === undefined || bridge.sandbox) {
    const message = "interface needs to be set for ingress policy " +
      `"${policy}", make sure to chain "firewall" plugin with "bridge"`;
    const found = bridge === undefined
      ? "has no interfaces"
      : `begins with "${bridge.name}", which is in the container`;
    throw new CniError(CniCode.InvalidConfig, message, {
      details: `ingressPolicy is "${policy}", which keeps bridges apart, but ` +
        `prevResult ${found}`,
    });
  }
  const { name } = bridge;
  checkLinkName(name, "prevResult.interfaces[0].name");
  if (!/^[!-]|\+$/.test(name)) return name;
  throw new CniError(CniCode.InvalidConfig, "Cannot use ingressPolicy", {
    details:
      `the bridge is called "${name}", which iptables does not take for ` +
      "a name: choose another name for it",
  });
}
