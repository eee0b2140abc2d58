import { formatAddress, parseAddress } from "../../../lib/net/mod.ts";
import {
  type IptablesListing,
  splitIptables,
} from "../../../lib/firewall/mod.ts";
import { type Forwarding, mappingsOf, type Owner } from "./forwarding.ts";
import { ownerIn } from "./iptables_owner.ts";
import { SHARED } from "./iptables_rules.ts";
import { type MappedPort, rivalSentence } from "./mapped_port.ts";
import { overlaps, PROTOCOLS } from "./mapping.ts";

/** A container that has rules, by the first that leads into its chain. */
export interface MappedContainer {
  readonly chain: string;
  /** Whose it is; absent if the comment was cut, or is another's. */
  readonly owner?: Owner;
}

/** The ports that a chain maps. */
export function mappedPorts(
  chain: string,
  { rules }: IptablesListing,
): readonly MappedPort[] {
  return rules.filter((rule) => rule.startsWith(`${chain} `))
    .flatMap((rule) => readMappedPort(splitIptables(rule)) ?? []);
}

/** The containers that have rules, each once. */
export function mappedContainers(
  listing: IptablesListing,
): readonly MappedContainer[] {
  const chains = new Map<string, MappedContainer>();
  for (const rule of entriesIn(listing)) {
    const words = splitIptables(rule);
    const chain = words.at(-1)!;
    const owner = ownerIn(valueOf(words, "--comment") ?? "");
    const isKnown = chains.get(chain)?.owner !== undefined;
    if (!isKnown) chains.set(chain, owner ? { chain, owner } : { chain });
  }
  return [...chains.values()];
}

/**
 * What of a forwarding is another container's already, which keeps it, as its
 * rules come first.
 *
 * @param chain The forwarding's own chain.
 * @returns A sentence for each port.
 */
export function rivalsOf(
  forwarding: Forwarding,
  chain: string,
  listing: IptablesListing,
): readonly string[] {
  const wanted = mappingsOf(forwarding);
  const ports = new Set(wanted.map(({ hostPort }) => `${hostPort}`));
  // Only what can be a rival is read in full: a host may have many rules.
  const rivals = new Set(
    entriesIn(listing).map(splitIptables).filter((words) =>
      words.at(-1) !== chain &&
      (valueOf(words, "--dports") ?? "").split(",")
        .some((port) => ports.has(port))
    ).map((words) => words.at(-1)!),
  );
  return mappedContainers(listing).filter((one) => rivals.has(one.chain))
    .flatMap((container) =>
      mappedPorts(container.chain, listing)
        .filter((port) => wanted.some((one) => overlaps(one, port)))
        .map((port) => rivalSentence(port, nameOf(container)))
    );
}

function nameOf({ chain, owner }: MappedContainer): string {
  return owner === undefined
    ? `the container of chain ${chain}`
    : `container "${owner.containerId}" of network "${owner.network}"`;
}

/** The rules that lead into chains of containers, without reading them. */
function entriesIn({ rules }: IptablesListing): readonly string[] {
  return rules.filter((rule) =>
    rule.startsWith(`${SHARED.dnat} `) && / -j CNI-DN-[0-9a-f]{21}$/.test(rule)
  );
}

function readMappedPort(words: readonly string[]): MappedPort | undefined {
  const target = valueOf(words, "--to-destination");
  const protocol = PROTOCOLS.find((one) => one === valueOf(words, "-p"));
  const match = /^\[?(.+?)\]?:(\d+)$/.exec(target ?? "");
  if (protocol === undefined || match === null) return undefined;
  const address = parseAddress(match[1]!);
  const hostPort = Number(valueOf(words, "--dport"));
  const { family } = address;
  const hostIp = valueOf(words, "-d")?.replace(/\/\d+$/, "");
  return {
    ...{ protocol, hostPort, family, address: formatAddress(address) },
    containerPort: Number(match[2]),
    ...(hostIp === undefined ? {} : { hostIp: parseAddress(hostIp) }),
  };
}

function valueOf(
  words: readonly string[],
  option: string,
): string | undefined {
  const index = words.indexOf(option);
  return index === -1 ? undefined : words[index + 1];
}
