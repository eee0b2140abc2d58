import { isJsonObject, type JsonObject } from "../../lib/spec/mod.ts";
import type { Snapshot } from "./snapshot.ts";

/** The parts whose lines have an order. */
export const ORDERED_PARTS: readonly string[] = [
  ...["iptables", "nftables", "traffic", "files"],
];

/**
 * A snapshot as lines that can be compared: what changes of itself is left out
 * (carrier, timers, counters, link-local addresses).
 *
 * @returns The lines of each part that has any.
 */
export function stateLines(
  snapshot: Snapshot,
): ReadonlyMap<string, readonly string[]> {
  const parts = new Map(snapshot).set(
    "addresses",
    snapshot.get("links") ?? "",
  );
  const lines = [...parts].map(([part, text]) => {
    const read = READERS[part];
    return [part, read === undefined ? linesOf(text) : read(text)] as const;
  });
  return new Map(lines.filter(([, found]) => found.length > 0));
}

/** A link, as far as it gives names to others. */
export interface SeenLink {
  readonly index: number;
  readonly name: string;
  readonly mac: string;
}

/** The links of a snapshot, the oldest first. */
export function linksOf(snapshot: Snapshot): readonly SeenLink[] {
  return objectsOf(snapshot.get("links") ?? "")
    .map(({ ifindex, ifname, address }) => ({
      index: Number(ifindex),
      name: String(ifname),
      mac: typeof address === "string" ? address : "",
    }))
    .toSorted((a, b) => a.index - b.index);
}

const READERS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  links: linkLines,
  addresses: addressLines,
  routes: routeLines,
  rules: linesOf,
  neighbours: linesOf,
  parameters: parameterLines,
  iptables: iptablesLines,
  nftables: nftablesLines,
  traffic: trafficLines,
};

function linesOf(text: string): readonly string[] {
  return text.split("\n").map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

function objectsOf(text: string): readonly JsonObject[] {
  const value: unknown = text === "" ? [] : JSON.parse(text);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Flags that say what the carrier does. */
const CARRIER = ["LOWER_UP", "NO-CARRIER", "RUNNING", "DORMANT"];

/** What a link is asked for, and where `ip` tells it. */
const LINK_KEYS = [
  ...["mtu", "address", "master", "link", "txqlen", "group", "ifalias"],
  ...["promiscuity", "altnames"],
];

/** Of a kind of link, what is no setting but a state. */
const KIND_STATE =
  /timer|_id$|root_|designated|topology|^state|^bridge_id|port_no|config_pending|_age$|priority$|cost$|^no$|last_/;

function linkLines(text: string): readonly string[] {
  return objectsOf(text).flatMap((link) => {
    const name = `link ${link.ifname}`;
    const flags = Array.isArray(link.flags) ? link.flags : [];
    const info = isJsonObject(link.linkinfo) ? link.linkinfo : {};
    return [
      name,
      `${name}: flags ${
        flags.filter((flag) => !CARRIER.includes(String(flag))).join(" ")
      }`,
      ...LINK_KEYS.filter((key) => link[key] !== undefined)
        .map((key) => `${name}: ${key} ${show(link[key])}`),
      ...(info.info_kind === undefined
        ? []
        : [`${name}: kind ${show(info.info_kind)}`]),
      ...settingLines(`${name}: `, info.info_data),
      ...settingLines(`${name}: port `, info.info_slave_data),
    ];
  });
}

function settingLines(head: string, settings: unknown): readonly string[] {
  if (!isJsonObject(settings)) return [];
  return Object.entries(settings)
    .filter(([key, value]) => !KIND_STATE.test(key) && value !== undefined)
    .map(([key, value]) => `${head}${key} ${show(value)}`);
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function addressLines(text: string): readonly string[] {
  return objectsOf(text).flatMap((link) => {
    const addresses = Array.isArray(link.addr_info) ? link.addr_info : [];
    return addresses.filter(isJsonObject)
      .filter(({ family, scope }) => family !== "inet6" || scope !== "link")
      .map((one) => {
        const peer = one.address === undefined ? "" : ` peer ${one.address}`;
        const broadcast = one.broadcast === undefined
          ? ""
          : ` broadcast ${one.broadcast}`;
        const flags = ["secondary", "nodad", "noprefixroute", "home"]
          .filter((flag) => one[flag] === true);
        const label = one.label === undefined || one.label === link.ifname
          ? []
          : [`label ${one.label}`];
        return [
          `${link.ifname}: ${one.local}/${one.prefixlen}${peer}${broadcast}`,
          `scope ${one.scope}`,
          ...flags,
          ...label,
        ].join(" ");
      });
  });
}

/** Routes that the kernel makes when a link gets its carrier. */
const KERNEL_ROUTE = /^(local |anycast |multicast )?(fe80:|ff00::)/;

function routeLines(text: string): readonly string[] {
  return linesOf(text)
    .filter((line) => !KERNEL_ROUTE.test(line) && !line.startsWith("anycast"))
    .map((line) =>
      line.replaceAll(/ (linkdown|dead|expires \d+sec|error -?\d+)\b/g, "")
        .replaceAll(/ nhid \d+/g, "").trimEnd()
    );
}

/** Parameters that hold a secret or a state. */
const NO_PARAMETER = /stable_secret|\/neigh\//;

const PARAMETER_OF_LINK = /^(ipv[46])\/conf\/([^/]+)\/(.*)$/;

function parameterLines(text: string): readonly string[] {
  const lines = linesOf(text).filter((line) => !NO_PARAMETER.test(line))
    .flatMap((line) => {
      const [, family, link, key = ""] = PARAMETER_OF_LINK.exec(line) ?? [];
      return link === undefined ? [line.replace(":", " = ")] : [
        `link ${link}`,
        `link ${link}: ${family} ${key.replace(":", " = ")}`,
      ];
    });
  return [...new Set(lines)];
}

/** Rules in their order; counters and remarks are left out. */
function iptablesLines(text: string): readonly string[] {
  let table = "";
  return linesOf(text).flatMap((line) => {
    if (line.startsWith("*")) table = line.slice(1);
    if (/^[#*]|^COMMIT/.test(line)) return [];
    const rule = line.replace(/ \[\d+:\d+\]$/, "");
    // Empty tables are made by looking at them.
    if (/^:(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) ACCEPT$/.test(rule)) {
      return [];
    }
    return [`${table} ${rule}`];
  });
}

/** Tables by which iptables is built on nftables: told of as iptables. */
const IPTABLES_TABLE = /^table (ip|ip6) (filter|nat|mangle|raw|security) /;

function nftablesLines(text: string): readonly string[] {
  const tables = text.split(/^(?=table )/m)
    .filter((table) => table.startsWith("table "))
    .filter((table) => !IPTABLES_TABLE.test(table));
  return tables.flatMap((table) => {
    const lines = linesOf(table).filter((line) => !line.startsWith("#"));
    const [name = ""] = lines;
    let chain = "";
    return lines.map((line) => {
      const rule = line.trim()
        .replaceAll(/counter packets \d+ bytes \d+/g, "counter")
        .replaceAll(/ (expires|timeout) \S+/g, "");
      if (/^(chain|map|set) /.test(rule)) chain = rule.replace(" {", "");
      const head = name.replace(" {", "");
      return rule === "}" || line === name ? head : `${head} ${chain}: ${rule}`;
    }).filter((line, index, all) => all.indexOf(line) === index);
  });
}

function trafficLines(text: string): readonly string[] {
  return linesOf(text)
    .filter((line) => !/^qdisc (noqueue|fq_codel|pfifo_fast|noop) /.test(line))
    .map((line) =>
      line.replaceAll(/\b[89a-f][0-9a-f]{3}:/g, "N:")
        .replaceAll(/\s(refcnt|index|ref|bind|chain) \d+/g, "")
        .replaceAll(/fh \S+/g, "fh N").replaceAll("\t", " ").trimEnd()
    ).filter((line) => !/^dev \S+$/.test(line));
}
