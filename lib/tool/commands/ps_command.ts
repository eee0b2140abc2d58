import {
  type CachedAttachment,
  convertResult,
  type NetworkConfig,
  parseEitherConfig,
  readNetworks,
} from "../../runtime/mod.ts";
import {
  CURRENT_VERSION,
  formatJson,
  type JsonObject,
  parseResult,
} from "../../spec/mod.ts";
import { formatTable } from "../format_table.ts";
import { isThere } from "../netns.ts";
import type { Words } from "../parse_words.ts";
import { JSON_FLAG } from "../print_plans.ts";
import {
  dataDirsOf,
  type HeldAddress,
  readReservations,
} from "../reservations.ts";
import { type Style, styleFor } from "../style.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { openRuntime, readPlaces } from "../tool_runtime.ts";

/** An attachment as it is listed. */
interface Shown {
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
  readonly addresses: readonly string[];
  readonly netns: string;
  /** Whether the namespace still exists. */
  readonly isThere: boolean;
}

/** `cni tool ps`. */
export const psCommand: ToolCommand = {
  operands: [],
  flags: [JSON_FLAG],
  description:
    `Shows what the cache of results knows, and the addresses that host-local has
given to interfaces of which the cache knows nothing, or whose network namespace
is gone.`,
  run: ps,
};

async function ps(words: Words, context: ToolContext): Promise<number> {
  const { process } = context;
  const cached = openRuntime(context).cachedAttachments();
  const attachments = await Promise.all(cached.map(describe));
  const networks = networksOf(cached, readPlaces(context).configFolder);
  const leaked = readReservations(dataDirsOf(networks))
    .filter((held) => !attachments.some((one) => isHolder(one, held)));
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? `${
        formatJson({
          command: "ps",
          attachments: toJson(attachments),
          leaked: toJson(leaked),
        })
      }\n`
      : formatAll(attachments, leaked, styleFor(process)),
  );
  return 0;
}

async function describe(entry: CachedAttachment): Promise<Shown> {
  const { networkName, containerId, ifname, netns, result } = entry;
  return {
    network: networkName,
    containerId,
    ifname,
    addresses: result === undefined ? [] : addressesIn(result),
    netns,
    isThere: netns !== "" && await isThere(netns),
  };
}

function addressesIn(object: JsonObject): readonly string[] {
  try {
    const { ips = [] } = parseResult(
      convertResult(object, CURRENT_VERSION),
      CURRENT_VERSION,
    );
    return ips.map(({ address }) => address);
  } catch {
    return [];
  }
}

/** The networks of the folder, and those of attachments. */
function networksOf(
  cached: readonly CachedAttachment[],
  configFolder: string,
): readonly NetworkConfig[] {
  const files = [...readNetworks(configFolder)].flatMap((found) =>
    "network" in found ? [found.network] : []
  );
  const remembered = cached.flatMap(({ config }) => {
    try {
      return [parseEitherConfig(config)];
    } catch {
      return [];
    }
  });
  return [...files, ...remembered];
}

/** Whether an attachment explains why an address is given out. */
function isHolder(one: Shown, held: HeldAddress): boolean {
  return one.isThere && one.network === held.network &&
    one.containerId === held.containerId &&
    ["", one.ifname].includes(held.ifname);
}

function formatAll(
  attachments: readonly Shown[],
  leaked: readonly HeldAddress[],
  style: Style,
): string {
  const rows = attachments.map((one) => [
    one.network,
    one.ifname,
    one.addresses.join(" ") || "-",
    one.containerId,
    one.isThere ? one.netns : `${one.netns || "-"} (gone)`,
  ]);
  const head = ["NETWORK", "INTERFACE", "ADDRESSES", "CONTAINER", "NAMESPACE"];
  const table = rows.length === 0
    ? "No attachments.\n"
    : formatTable(head, rows, style);
  if (leaked.length === 0) return table;
  const lost = leaked.map(({ address, network, containerId, ifname, file }) => [
    ...[address, network, `${containerId} ${ifname}`.trim() || "-", file],
  ]);
  const title = style.bold("Addresses that nobody seems to use");
  const lines = formatTable(
    ["ADDRESS", "NETWORK", "OWNER", "FILE"],
    lost,
    style,
  );
  const names = [...new Set(leaked.map(({ network }) => network))];
  const hint = `Free them: ${
    names.map((name) => `cni tool gc ${name}`).join("; ")
  }\n`;
  return `${table}\n${title}\n${lines}${hint}`;
}

function toJson(rows: readonly object[]): readonly JsonObject[] {
  return rows.map((row) => ({ ...row }));
}
