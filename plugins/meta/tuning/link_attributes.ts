import { parseMac } from "../../../lib/net/mod.ts";
import { type IpStep, ipStep } from "../../../lib/linux/mod.ts";
import { Fields, parseJsonObject } from "../../../lib/spec/mod.ts";

/**
 * The attributes of an interface that can be changed, by the names and in the
 * order of the reference's state files.
 */
export interface LinkAttributes {
  /** Hardware address, in the text of `parseMac`. */
  readonly mac: string;
  /** Whether it takes all frames. */
  readonly promisc: boolean;
  /** The largest packet that it sends whole, in bytes. */
  readonly mtu: number;
  /** Whether it takes all multicast frames. */
  readonly allmulti: boolean;
  /** Length of the transmit queue, in packets. */
  readonly txQLen: number;
}

type Name = keyof LinkAttributes;

const NAMES: readonly Name[] = ["mac", "promisc", "mtu", "allmulti", "txQLen"];

/** The order in which values are put back: the reference's. */
const RESTORE_NAMES: readonly Name[] = [
  ...["mtu", "mac", "promisc", "allmulti", "txQLen"] as const,
];

/** A link as `ip -j -d link show` prints it; absent keys are not printed. */
interface RawLink {
  readonly address?: string;
  readonly flags?: readonly string[];
  readonly mtu?: number;
  readonly promiscuity?: number;
  readonly txqlen?: number;
}

/** Reads what `ip -j -d link show dev X` printed. */
export function parseLinkAttributes(stdout: string): LinkAttributes {
  const [raw = {}]: readonly RawLink[] = JSON.parse(stdout);
  return {
    mac: raw.address ?? "",
    promisc: (raw.promiscuity ?? 0) !== 0,
    mtu: raw.mtu ?? 0,
    allmulti: raw.flags?.includes("ALLMULTI") ?? false,
    txQLen: raw.txqlen ?? 0,
  };
}

/**
 * The steps that set attributes.
 *
 * @param now The present values, which taking the steps back puts back.
 */
export function attributeSteps(
  ifname: string,
  wanted: Partial<LinkAttributes>,
  now?: LinkAttributes,
): readonly IpStep[] {
  return NAMES.filter((name) => wanted[name] !== undefined).map((name) => {
    const setting = settingOf(name, wanted);
    const purpose = `set ${name} of "${ifname}" to ${setting.at(-1)}`;
    const link = ["link", "set", "dev", ifname];
    return {
      ...ipStep("sandbox", purpose, [...link, ...setting]),
      ...(now === undefined
        ? {}
        : { undo: [...link, ...settingOf(name, now)] }),
    };
  });
}

/** The words for `ip` that put saved values back, a line each. */
export function restoreLines(
  ifname: string,
  saved: Partial<LinkAttributes>,
): readonly (readonly string[])[] {
  return RESTORE_NAMES.filter((name) => saved[name] !== undefined)
    .map((name) => ["link", "set", "dev", ifname, ...settingOf(name, saved)]);
}

function settingOf(
  name: Name,
  values: Partial<LinkAttributes>,
): readonly string[] {
  const value = values[name];
  const word = typeof value === "boolean" ? (value ? "on" : "off") : `${value}`;
  return [WORDS[name], word];
}

/** How `ip link set` calls the attributes. */
const WORDS: Readonly<Record<Name, string>> = {
  mac: "address",
  promisc: "promisc",
  mtu: "mtu",
  allmulti: "allmulticast",
  txQLen: "txqueuelen",
};

/**
 * What is to be put back later: the values that the wanted ones replace. A
 * value that was saved before stays if the link has the wanted one already,
 * since then an earlier ADD has set it.
 */
export function originalsOf(
  wanted: Partial<LinkAttributes>,
  now: LinkAttributes,
  before: Partial<LinkAttributes>,
): Partial<LinkAttributes> {
  const names = NAMES.filter((name) => wanted[name] !== undefined);
  return Object.fromEntries(names.map((name) => {
    const wasSet = before[name] !== undefined && now[name] === wanted[name];
    return [name, wasSet ? before[name] : now[name]];
  }));
}

/** The first attribute that is not as it should be. */
export function findDeviation(
  wanted: Partial<LinkAttributes>,
  now: LinkAttributes,
): Name | undefined {
  return NAMES.find((name) =>
    wanted[name] !== undefined && wanted[name] !== now[name]
  );
}

/** The text of a state file. */
export function formatSaved(saved: Partial<LinkAttributes>): string {
  return JSON.stringify(saved, [...NAMES], 1);
}

/**
 * Reads the text of a state file.
 *
 * @throws {CniError} If it is none.
 * @throws {SyntaxError} If its hardware address is none.
 */
export function parseSaved(text: string): Partial<LinkAttributes> {
  const fields = new Fields(parseJsonObject(text, "saved values"));
  const mac = fields.string("mac");
  const promisc = fields.boolean("promisc");
  const mtu = fields.integer("mtu", { min: 0 });
  const allmulti = fields.boolean("allmulti");
  const txQLen = fields.integer("txQLen", { min: 0 });
  return {
    ...(mac ? { mac: parseMac(mac) } : {}),
    ...(promisc === undefined ? {} : { promisc }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(allmulti === undefined ? {} : { allmulti }),
    ...(txQLen === undefined ? {} : { txQLen }),
  };
}
