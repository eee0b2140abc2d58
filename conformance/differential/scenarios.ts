import { isAtLeast, type JsonObject } from "../../lib/spec/mod.ts";
import type { StageSandbox } from "../suite/mod.ts";
import { type Player, resultOf, type Scenario } from "./scenario.ts";

/** All that is compared, in the order of a report. */
export const SCENARIOS: readonly Scenario[] = [
  {
    id: "differential/version",
    about: "at VERSION",
    needsProfile: false,
    async play(player) {
      const stdin = { cniVersion: player.stage.version };
      await player.call("VERSION", "VERSION", undefined, { stdin });
    },
  },
  {
    id: "differential/life",
    about: "at ADD, CHECK, DEL and a second DEL",
    isPerVersion: true,
    needsProfile: true,
    async play(player) {
      const { sandbox, later } = await attach(player);
      if (isAtLeast(player.stage.version, "0.4.0")) {
        await player.call("CHECK", "CHECK", sandbox, later);
      }
      await player.call("DEL", "DEL", sandbox, later);
      await player.call("second DEL", "DEL", sandbox, later);
    },
  },
  {
    id: "differential/add-twice",
    about: "at a second ADD of one attachment",
    needsProfile: true,
    async play(player) {
      const { sandbox, first, later } = await attach(player);
      await player.call("second ADD", "ADD", sandbox, first);
      await player.call("DEL", "DEL", sandbox, later);
    },
  },
  {
    id: "differential/two-containers",
    about: "for two containers, of which one goes",
    needsProfile: true,
    skip: ({ exclusive = false }) =>
      exclusive
        ? "its configuration serves one attachment at a time"
        : undefined,
    async play(player) {
      const one = await attach(player, "first");
      const two = await attach(player, "second");
      await player.call("first DEL", "DEL", one.sandbox, one.later);
      await player.call("second DEL", "DEL", two.sandbox, two.later);
    },
  },
  {
    id: "differential/namespace-gone",
    about: "at a DEL after the container's namespace is gone",
    needsProfile: true,
    async play(player) {
      const { sandbox, later } = await attach(player);
      await player.remove(sandbox);
      await player.call("DEL", "DEL", sandbox, later);
    },
  },
  {
    id: "differential/no-result",
    about: "at a DEL without prevResult, and one of what was never added",
    needsProfile: true,
    async play(player) {
      const { sandbox } = await attach(player);
      const stdin = player.stage.config();
      await player.call("DEL", "DEL", sandbox, { stdin });
      const other = await player.addSandbox();
      await player.call("DEL of nothing", "DEL", other, { stdin });
    },
  },
  {
    id: "differential/collect",
    about: "at STATUS, and at GC with and without the attachment in its list",
    versions: ["1.1.0"],
    needsProfile: true,
    async play(player) {
      await player.call("STATUS", "STATUS", undefined);
      const { sandbox: { containerId, ifname } } = await attach(player);
      const valid = [{ containerID: containerId, ifname }];
      for (const [label, list] of [["GC", valid], ["GC of all", []]] as const) {
        const stdin = player.stage.config({
          "cni.dev/valid-attachments": list,
        });
        await player.call(label, "GC", undefined, { stdin });
      }
    },
  },
  {
    id: "differential/refused",
    about: "with configurations that are wrong",
    needsProfile: true,
    skip: ({ refused = {} }) =>
      Object.keys(refused).length === 0
        ? "its profile has no wrong configurations"
        : undefined,
    async play(player) {
      const refused = player.stage.subject.profile?.refused ?? {};
      const sandbox = await player.addSandbox();
      const prevResult = await previousFor(player, sandbox);
      for (const [why, keys] of Object.entries(refused)) {
        const stdin = player.stage.config({ prevResult, ...keys });
        await player.call(`ADD with ${why}`, "ADD", sandbox, { stdin });
        // What it leaves, the next look shows.
        const options = { stdin, isQuiet: true };
        await player.call(`DEL with ${why}`, "DEL", sandbox, options);
      }
    },
  },
  {
    id: "differential/protocol",
    about: "with wrong variables and malformed input",
    needsProfile: false,
    async play(player) {
      const sandbox = await player.addSandbox();
      const calls = Object.entries(WRONG_CALLS);
      for (const [index, [why, [command, options]]] of calls.entries()) {
        const isQuiet = index + 1 < calls.length;
        await player.call(why, command, sandbox, { ...options, isQuiet });
      }
    },
  },
];

/** Calls that no plugin can serve. */
const WRONG_CALLS: Readonly<
  Record<string, readonly [string, Parameters<Player["call"]>[3]]>
> = {
  "ADD without CNI_CONTAINERID": ["ADD", { containerId: "" }],
  "ADD without CNI_NETNS": ["ADD", { netns: "" }],
  "ADD without CNI_IFNAME": ["ADD", { ifname: "" }],
  "DEL without CNI_CONTAINERID": ["DEL", { containerId: "" }],
  "DEL without CNI_IFNAME": ["DEL", { ifname: "" }],
  "ADD with a bad container id": ["ADD", { containerId: "../x" }],
  "ADD with a bad interface name": ["ADD", { ifname: "a/b" }],
  "ADD with an interface name of 16 bytes": [
    "ADD",
    { ifname: "abcdefghijklmnop" },
  ],
  "an unknown command": ["EAT", {}],
  "ADD with no input": ["ADD", { stdin: "" }],
  "ADD with half an object": ["ADD", { stdin: `{"cniVersion": "0.4.0"` }],
  "ADD with an array": ["ADD", { stdin: "[]" }],
  "ADD without a name": ["ADD", { stdin: { cniVersion: "0.4.0", type: "x" } }],
  "ADD with a bad name": [
    "ADD",
    { stdin: { cniVersion: "0.4.0", name: "../x", type: "x" } },
  ],
  "ADD in a version that is none": [
    "ADD",
    { stdin: { cniVersion: "9.9.9", name: "x", type: "x" } },
  ],
};

/** A container that was added, and how it is referred to later. */
interface Attached {
  readonly sandbox: StageSandbox;
  readonly first: { readonly stdin: JsonObject };
  readonly later: { readonly stdin: JsonObject };
}

async function attach(player: Player, which = ""): Promise<Attached> {
  const { stage } = player;
  const sandbox = await player.addSandbox();
  const prevResult = await previousFor(player, sandbox);
  const first = { stdin: stage.config({ prevResult }) };
  const label = `${which} ADD`.trim();
  const added = await player.call(label, "ADD", sandbox, first);
  const result = isAtLeast(stage.version, "0.4.0") && added.status === 0
    ? resultOf(added)
    : undefined;
  const later = { stdin: stage.config({ prevResult: result }) };
  return { sandbox, first, later };
}

/** What an interface plugin before it in the chain has answered. */
async function previousFor(
  player: Player,
  sandbox: StageSandbox,
): Promise<JsonObject | undefined> {
  const { profile } = player.stage.subject;
  return profile?.kind === "chained"
    ? await player.addPrevious(sandbox)
    : undefined;
}
