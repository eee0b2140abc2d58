import { isSafeWord } from "../../../lib/linux/mod.ts";
import {
  booleanKey,
  choiceKey,
  integerKey,
  listKey,
  mappedKey,
  parsedKey,
  readKeys,
  readRuntimeConfig,
  type Request,
  stringKey,
} from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, invalidValue } from "../../../lib/spec/mod.ts";
import { FIREWALL_BACKENDS } from "../../shared/mod.ts";
import { PORTMAP_CAPABILITIES, type PortMapping } from "./mapping.ts";

/** The two ways to have the kernel map ports. */
export type Backend = "iptables" | "nftables";

/** Kubernetes uses the bits 14 and 15, Calico 20 to 31. */
const DEFAULT_MARK_BIT = 13;

/** The longest name of a chain that iptables takes, in bytes. */
const MAX_CHAIN_BYTES = 28;

/** What portmap may be told. */
export const PORTMAP_KEYS = {
  backend: choiceKey(FIREWALL_BACKENDS, {
    description: "How to map ports, by `iptables` or `nftables`. Absent: the " +
      "one that the keys below are written for, else iptables, unless only " +
      "nft is usable",
    defaultText: "what is there",
    isEmptyValue: true,
  }),
  snat: booleanKey({
    description: "The host reaches the port by 127.0.0.1, and the container " +
      "by an address of the host. Such packets are masqueraded, and " +
      "`route_localnet` is set on the interface towards the container",
    default: true,
  }),
  masqAll: booleanKey({
    description: "All that comes by a mapped port is masqueraded: the " +
      "container sees the host and not who asks. Only with `snat`",
    default: false,
  }),
  markMasqBit: integerKey({
    description: "The bit of a packet's mark that says that it is to be " +
      "masqueraded. iptables only",
    defaultText: `${DEFAULT_MARK_BIT}`,
    holds: "integer 0 to 31",
    min: 0,
    max: 31,
  }),
  externalSetMarkChain: parsedKey(
    {
      description: "A chain of the `nat` table that marks packets instead, " +
        "such as `KUBE-MARK-MASQ`, and whose maker masquerades them. It must " +
        "be there. iptables only; not with `markMasqBit`",
      isEmptyValue: true,
    },
    `the name of a chain of the nat table, up to ${MAX_CHAIN_BYTES} bytes`,
    parseExternalChain,
  ),
  conditionsV4: conditionsKey(
    "What IPv4 packets must match besides, word by word, as on the command " +
      'line of the backend: `["!", "-d", "192.0.2.0/24"]` for iptables, ' +
      '`["ip", "daddr", "!=", "192.0.2.0/24"]` for nft',
  ),
  conditionsV6: conditionsKey("The same for IPv6"),
};

/** Words that a packet must match besides, for each family. */
export type Conditions = Readonly<Record<4 | 6, readonly string[]>>;

/** The configuration of the portmap plugin, checked, with its defaults. */
export interface PortmapConfig {
  readonly mappings: readonly PortMapping[];
  /** How to map; absent means what the host has. */
  readonly backend: Backend | undefined;
  /** Whether what comes from the container itself or localhost is masqueraded. */
  readonly snat: boolean;
  /** Whether all that is mapped is masqueraded. */
  readonly masqAll: boolean;
  /** The mark of packets to masquerade: one bit. */
  readonly mark: number;
  /** The chain that marks packets instead of ours. */
  readonly externalSetMarkChain: string | undefined;
  readonly conditions: Conditions;
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parsePortmapConfig({ config }: Request): PortmapConfig {
  const { fields } = config;
  const { markMasqBit, conditionsV4, conditionsV6, ...keys } = readKeys(
    fields,
    PORTMAP_KEYS,
  );
  const { externalSetMarkChain } = keys;
  if (markMasqBit !== undefined && externalSetMarkChain !== undefined) {
    throw contradiction(
      "externalSetMarkChain and markMasqBit",
      `externalSetMarkChain is "${externalSetMarkChain}" and markMasqBit is ` +
        `${markMasqBit}: the chain chooses the mark, so remove one of the two`,
    );
  }
  const conditions = { 4: conditionsV4 ?? [], 6: conditionsV6 ?? [] };
  const { portMappings = [] } = readRuntimeConfig(fields, PORTMAP_CAPABILITIES);
  return {
    ...keys,
    backend: backendFor(keys.backend, externalSetMarkChain, conditions),
    mappings: portMappings,
    // Multiplied, not shifted: `<<` is signed.
    mark: 2 ** (markMasqBit ?? DEFAULT_MARK_BIT),
    conditions,
  };
}

function parseExternalChain(text: string): string | undefined {
  const isName = text.length <= MAX_CHAIN_BYTES && isSafeWord(text) &&
    /^[^!-]/.test(text);
  return isName ? text : undefined;
}

function conditionsKey(description: string) {
  const word = stringKey({ description: "A word", isEmptyValue: true });
  const holds = "list of strings";
  return mappedKey(listKey(word, { description, holds }), parseConditions);
}

/** What would end a rule of nft, or begin another. */
const NFT_SYNTAX = /[;#\\`]/;

function parseConditions(
  words: readonly string[],
  path: string,
): readonly string[] {
  const style = styleOf(words);
  if (style === undefined) return [];
  words.forEach((word, index) => {
    // deno-lint-ignore no-control-regex -- control characters are what it is about
    const isPlain = !/[\u0000-\u001f\u007f]/.test(word);
    const isSafe = style === "iptables"
      ? word !== ""
      : !NFT_SYNTAX.test(word) && word.split('"').length % 2 === 1;
    if (isPlain && isSafe) return;
    const expected = `one word of a condition for ${style}`;
    throw invalidValue(`${path}[${index}]`, word, expected);
  });
  return words;
}

/** The first word tells for which program conditions are written. */
function styleOf([first = ""]: readonly string[]): Backend | undefined {
  if (first === "") return undefined;
  return /^[-!]/.test(first) ? "iptables" : "nftables";
}

/** The backend that is asked for, or that other keys are written for. */
function backendFor(
  asked: Backend | undefined,
  externalChain: string | undefined,
  conditions: Conditions,
): Backend | undefined {
  const specific = ([
    ["externalSetMarkChain", externalChain && "iptables"],
    ["conditionsV4", styleOf(conditions[4])],
    ["conditionsV6", styleOf(conditions[6])],
  ] as const).filter(([, style]) => style);
  const backend = asked ?? specific[0]?.[1];
  const clash = specific.find(([, style]) => style !== backend);
  if (clash === undefined) return backend || undefined;
  const reason = asked === undefined
    ? `${specific[0]![0]} is for ${backend}`
    : `backend is "${backend}"`;
  throw contradiction(
    clash[0],
    `${clash[0]} is for ${clash[1]}, but ${reason}: write all for one of the ` +
      "two",
  );
}

function contradiction(keys: string, details: string): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot use ${keys}`, { details });
}
