import type { CachedAttachment } from "../../lib/runtime/mod.ts";
import { type Flag, jsonText, type Words } from "../../terminal/mod.ts";
import { pathsThere } from "../netns.ts";
import { JSON_FLAG } from "../print_plans.ts";
import {
  IGNORED_NETNS,
  NETWORK,
  NETWORK_FLAGS,
  requireNetworks,
} from "../targets.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { interruptible, openRuntime, TIMEOUT } from "../tool_runtime.ts";

const ALL: Flag = {
  name: "all",
  summary: "remove those that are in use too",
};

/** `cni tool gc`. */
export const gcCommand: ToolCommand = {
  operands: [NETWORK, IGNORED_NETNS],
  flags: [...NETWORK_FLAGS, ALL, JSON_FLAG, TIMEOUT],
  description:
    `An attachment stays if the cache of results knows it and its network namespace
is there. Everything else of the network is removed: do not use it beside a
runtime that keeps its results elsewhere.`,
  run: gc,
};

async function gc(words: Words, context: ToolContext): Promise<number> {
  const { process } = context;
  const networks = await requireNetworks(words, context);
  const runtime = openRuntime(context);
  const kept: (readonly CachedAttachment[])[] = [];
  await interruptible(words, context, async (options) => {
    for (const network of networks) {
      let living: readonly CachedAttachment[] = [];
      const valid = async () => {
        if (words.has(ALL.name)) return [];
        living = await stillThere(
          runtime.cachedAttachments().filter(({ networkName }) =>
            networkName === network.name
          ),
        );
        return living;
      };
      await runtime.gc(network, valid, options);
      kept.push(living);
    }
  });
  const reports = networks.map(({ name }, index) => ({
    network: name,
    kept: kept[index]!.map(({ containerId, ifname }) => ({
      containerId,
      ifname,
    })),
  }));
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? `${jsonText({ command: "gc", networks: reports })}\n`
      : reports.map(({ network, kept: { length } }) =>
        `Cleaned up ${network}; kept ${length} attachment${
          length === 1 ? "" : "s"
        }\n`
      ).join(""),
  );
  return 0;
}

async function stillThere(
  attachments: readonly CachedAttachment[],
): Promise<readonly CachedAttachment[]> {
  const there = await pathsThere(attachments.map(({ netns }) => netns));
  return attachments.filter(({ netns }) => netns === "" || there.has(netns));
}
