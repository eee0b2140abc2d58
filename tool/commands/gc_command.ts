import type { CachedAttachment } from "../../lib/runtime/mod.ts";
import { formatJson } from "../../lib/spec/mod.ts";
import { type Flag, UsageError, type Words } from "../../terminal/mod.ts";
import { isThere } from "../netns.ts";
import { JSON_FLAG } from "../print_plans.ts";
import {
  loadNetworks,
  NETNS,
  NETWORK,
  NETWORK_FLAGS,
  readNetworkWords,
} from "../targets.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { interruptible, openRuntime, TIMEOUT } from "../tool_runtime.ts";

const ALL: Flag = {
  name: "all",
  summary: "remove those that are in use too",
};

/** `cni tool gc`. */
export const gcCommand: ToolCommand = {
  operands: [NETWORK, { ...NETNS, summary: "may be given, does not matter" }],
  flags: [...NETWORK_FLAGS, ALL, JSON_FLAG, TIMEOUT],
  description:
    `An attachment stays if the cache of results knows it and its network namespace
is there. Everything else of the network is removed: do not use it beside a
runtime that keeps its results elsewhere.`,
  run: gc,
};

async function gc(words: Words, context: ToolContext): Promise<number> {
  const { process } = context;
  const named = readNetworkWords(words);
  if (named.networks.length === 0 && named.config === undefined) {
    throw new UsageError(
      "missing: a network (<network>, --network or --config)",
    );
  }
  const networks = await loadNetworks(named, context);
  const runtime = openRuntime(context);
  const living = words.has(ALL.name)
    ? []
    : await stillThere(runtime.cachedAttachments());
  const kept = networks.map(({ name }) =>
    living.filter(({ networkName }) => networkName === name)
  );
  await interruptible(words, context, async (options) => {
    for (const [index, network] of networks.entries()) {
      await runtime.gc(network, kept[index]!, options);
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
      ? `${formatJson({ command: "gc", networks: reports })}\n`
      : reports.map(({ network, kept }) =>
        `${network} is cleaned, attachments kept: ${kept.length}\n`
      ).join(""),
  );
  return 0;
}

async function stillThere(
  attachments: readonly CachedAttachment[],
): Promise<readonly CachedAttachment[]> {
  const flags = await Promise.all(
    attachments.map(({ netns }) => netns === "" ? true : isThere(netns)),
  );
  return attachments.filter((_, index) => flags[index]);
}
