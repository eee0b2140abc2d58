import { type JsonObject } from "../../lib/spec/mod.ts";
import {
  formatTable,
  jsonText,
  printable,
  type Style,
  styleFor,
  type Words,
} from "../../terminal/mod.ts";
import { type Shown, takeInventory } from "../inventory.ts";
import { JSON_FLAG } from "../print_plans.ts";
import type { HeldAddress } from "../reservations.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { openRuntime, readPlaces } from "../tool_runtime.ts";

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
  const { configFolder } = readPlaces(context);
  const runtime = openRuntime(context);
  const { attachments, leaked } = await takeInventory(runtime, configFolder);
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? `${
        jsonText({
          command: "ps",
          attachments: toJson(
            attachments.map(({ publishes: _, ...shown }) => shown),
          ),
          leaked: toJson(leaked),
        })
      }\n`
      : formatAll(attachments, leaked, styleFor(process)),
  );
  return 0;
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
    names.map((name) => `cni tool gc ${printable(name)}`).join("; ")
  }\n`;
  return `${table}\n${title}\n${lines}${hint}`;
}

function toJson(rows: readonly object[]): readonly JsonObject[] {
  return rows.map((row) => ({ ...row }));
}
