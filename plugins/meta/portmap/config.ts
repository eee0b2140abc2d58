import { isSafeWord } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Fields } from "../../../lib/spec/mod.ts";
import { parsePortMappings, type PortMapping } from "./mapping.ts";

/** The two ways to have the kernel map ports. */
export type Backend = "iptables" | "nftables";

/** Words that a packet must match besides, for each family. */
export type Conditions = Readonly<Record<4 | 6, readonly string[]>>;

/** The configuration of the portmap plugin, checked, with its defaults. */
export interface PortmapConfig {
  readonly mappings: readonly PortMapping[];
  /** How to map; absent means what the host has. */
  readonly backend?: Backend;
  /** Whether what comes from the container itself or localhost is masqueraded. */
  readonly snat: boolean;
  /** Whether all that is mapped is masqueraded. */
  readonly masqAll: boolean;
  /** The mark of packets to masquerade: one bit. */
  readonly mark: number;
  /** The chain that marks packets instead of ours. */
  readonly externalSetMarkChain?: string;
  readonly conditions: Conditions;
}

/** Kubernetes uses the bits 14 and 15, Calico 20 to 31. */
const DEFAULT_MARK_BIT = 13;

/** The longest name of a chain that iptables takes, in bytes. */
const MAX_CHAIN_BYTES = 28;

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parsePortmapConfig({ config }: Request): PortmapConfig {
  const { fields } = config;
  const markBit = fields.integer("markMasqBit", { min: 0, max: 31 });
  const externalSetMarkChain = parseExternalChain(fields);
  if (markBit !== undefined && externalSetMarkChain !== undefined) {
    throw contradiction(
      "externalSetMarkChain and markMasqBit",
      `externalSetMarkChain is "${externalSetMarkChain}" and markMasqBit is ` +
        `${markBit}: the chain chooses the mark, so remove one of the two`,
    );
  }
  const conditions = {
    4: parseConditions(fields, "conditionsV4"),
    6: parseConditions(fields, "conditionsV6"),
  };
  const backend = parseBackend(fields, externalSetMarkChain, conditions);
  return {
    mappings: parsePortMappings(fields.fields("runtimeConfig")),
    ...(backend === undefined ? {} : { backend }),
    snat: fields.boolean("snat") ?? true,
    masqAll: fields.boolean("masqAll") ?? false,
    // Multiplied, not shifted: `<<` is signed.
    mark: 2 ** (markBit ?? DEFAULT_MARK_BIT),
    ...(externalSetMarkChain === undefined ? {} : { externalSetMarkChain }),
    conditions,
  };
}

function parseExternalChain(fields: Fields): string | undefined {
  const key = "externalSetMarkChain";
  const chain = fields.string(key);
  if (chain === undefined) return undefined;
  const isName = chain.length <= MAX_CHAIN_BYTES && isSafeWord(chain) &&
    /^[^!-]/.test(chain);
  if (isName) return chain;
  throw fields.invalid(
    key,
    `the name of a chain of the nat table, up to ${MAX_CHAIN_BYTES} bytes`,
  );
}

/** What would end a rule of nft, or begin another. */
const NFT_SYNTAX = /[;#\\`]/;

function parseConditions(
  fields: Fields,
  key: "conditionsV4" | "conditionsV6",
): readonly string[] {
  const words = fields.strings(key) ?? [];
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
    throw fields.invalid(`${key}[${index}]`, expected, word);
  });
  return words;
}

/** The first word tells for which program conditions are written. */
function styleOf([first = ""]: readonly string[]): Backend | undefined {
  if (first === "") return undefined;
  return /^[-!]/.test(first) ? "iptables" : "nftables";
}

/** The backend that is asked for, or that other keys are written for. */
function parseBackend(
  fields: Fields,
  externalChain: string | undefined,
  conditions: Conditions,
): Backend | undefined {
  const asked = fields.string("backend");
  if (asked !== undefined && asked !== "iptables" && asked !== "nftables") {
    throw fields.invalid("backend", '"iptables" or "nftables"');
  }
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
