import { readNetworks } from "../../lib/runtime/mod.ts";
import { chainText } from "../chain_of.ts";
import { type Candidate, complete, FILES } from "../completion/complete.ts";
import type { Completion, Words } from "../../terminal/mod.ts";
import { netnsNames } from "../netns.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { readPlaces } from "../tool_runtime.ts";

/** `cni tool complete`, which the completion of a shell calls. */
export const completeCommand: ToolCommand = {
  operands: [{
    name: "word",
    repeats: true,
    summary: "the words after cni, up to the cursor",
  }],
  flags: [],
  description:
    `Prints what the last word may be completed to, one word a line and after a tab
what it stands for. The line :files stands for the names of files.`,
  run: print,
};

async function print(words: Words, context: ToolContext): Promise<number> {
  const found = await complete(words.operands, {
    commands: context.commands ?? [],
    list: (kind) => list(kind, context),
  });
  context.process.writeStdout(
    found === FILES
      ? ":files\n"
      : found.map(({ word, summary }) =>
        summary === undefined ? `${word}\n` : `${word}\t${summary}\n`
      ).join(""),
  );
  return 0;
}

function list(kind: Completion, context: ToolContext): readonly Candidate[] {
  switch (kind) {
    case "network":
      return networks(context);
    case "netns":
      return netnsNames().map((word) => ({ word }));
    default:
      return [];
  }
}

function networks(context: ToolContext): readonly Candidate[] {
  const { configFolder } = readPlaces(context);
  const found = new Map<string, Candidate>();
  for (const one of readNetworks(configFolder)) {
    if (!("network" in one) || found.has(one.network.name)) continue;
    const word = one.network.name;
    found.set(word, { word, summary: chainText(one.network) });
  }
  return [...found.values()];
}
