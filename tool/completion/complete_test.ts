import { assertEquals } from "@std/assert";
import { COMMANDS } from "../commands.ts";
import { complete, FILES, type Source } from "./complete.ts";

const source: Source = {
  commands: COMMANDS,
  list: (kind) =>
    kind === "network"
      ? [{ word: "net1", summary: "bridge" }, { word: "net2" }]
      : [{ word: "blue" }, { word: "netns1" }],
};

/** The words that a line, whose last word is begun, may go on with. */
async function wordsFor(line: string): Promise<readonly string[] | string> {
  const found = await complete(line.split(" "), source);
  return found === FILES ? found : found.map(({ word }) => word);
}

Deno.test("complete() knows what comes next", async (t) => {
  const cases: Record<string, readonly string[] | typeof FILES> = {
    "to": ["tool"],
    "tool a": ["add"],
    "tool com": ["completion"],
    "tool help st": ["status"],
    "tool add ": ["net1", "net2"],
    "tool add net1 ": ["blue", "netns1"],
    "tool add net1 blue ": [],
    "tool add --ne": ["--network", "--netns"],
    "tool add --network ": ["net1", "net2"],
    "tool add -n net1 ": ["blue", "netns1"],
    "tool add -n net1 --network n": ["net1", "net2"],
    "tool add --config ": FILES,
    "tool add -c x.conf ": ["blue", "netns1"],
    "tool add --ifname ": [],
    "tool add --ifname eth0 n": ["net1", "net2"],
    "tool add --plan n": ["net1", "net2"],
    "tool del net1 --netns b": ["blue"],
    "tool validate ": FILES,
    "tool validate a.conf b": FILES,
    "tool completion ": ["bash", "zsh", "fish"],
    "tool list --j": ["--json"],
    "tool nope ": [],
    "cnitool ": [],
  };
  for (const [line, words] of Object.entries(cases)) {
    await t.step(line, async () => assertEquals(await wordsFor(line), words));
  }
});
