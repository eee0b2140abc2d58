import {
  type Json,
  type JsonObject,
  sortKeys,
  versionsFrom,
} from "../../../lib/spec/mod.ts";
import {
  type CallRecord,
  type Case,
  demand,
  type Stage,
} from "../../suite/mod.ts";
import { forEach } from "../steps/mod.ts";
import { attachByProbe, callOf, type Delegated } from "./delegate.ts";
import { PROBE_ADDRESS, PROBE_WORDS, type ProbeCall } from "./probe.ts";

const PROTOCOL = 'CNI 1.1.0, section 4, "Delegated Plugin protocol"';
const PROCEDURE =
  'CNI 1.1.0, section 4, "Delegated plugin execution procedure"';

/** A case for a command that has to be passed on. */
function passedOn(
  command: string,
  since: "1.0.0" | "1.1.0",
  section: string,
): Case {
  return {
    id: `delegation/${command.toLowerCase()}-passed-on`,
    clause: {
      section,
      level: "MUST",
      requirement: `${command} is passed on to the plugin that ADD has ` +
        "delegated to",
      versions: versionsFrom(since),
    },
    run: async (stage) => {
      const delegated = await attachByProbe(stage);
      await callOf(delegated.probe, "ADD");
      await callLater(stage, delegated, command);
      await callOf(delegated.probe, command);
    },
  };
}

/** Calls the plugin with a command that follows an ADD. */
async function callLater(
  stage: Stage,
  { sandbox, later, probe }: Delegated,
  command: string,
): Promise<void> {
  if (command !== "GC" && command !== "STATUS") {
    await stage.mustCall(command, sandbox, later);
    return;
  }
  const { containerId: containerID, ifname } = sandbox;
  const valid = { "cni.dev/valid-attachments": [{ containerID, ifname }] };
  const stdin = { ...probe.options.stdin, ...(command === "GC" ? valid : {}) };
  await stage.mustCall(command, undefined, { ...probe.options, stdin });
}

/** Cases about what the plugin that is delegated to gets to see. */
export const CALL_CASES: readonly Case[] = [
  {
    id: "delegation/add-passed-on",
    clause: {
      section: PROCEDURE,
      level: "MUST",
      requirement: "The IPAM plugin is looked up in the folders of CNI_PATH, " +
        "and the result has what it gave",
    },
    isPerVersion: true,
    run: async (stage) => {
      const { probe, result } = await attachByProbe(stage);
      await callOf(probe, "ADD");
      const found = addressesOf(result);
      demand(
        found.includes(PROBE_ADDRESS),
        `The IPAM plugin gave ${PROBE_ADDRESS}, the result has ` +
          (found.join(", ") || "none"),
      );
    },
  },
  passedOn("CHECK", "1.0.0", PROCEDURE),
  passedOn("DEL", "1.0.0", PROCEDURE),
  passedOn("GC", "1.1.0", 'CNI 1.1.0, section 2, "GC"'),
  passedOn("STATUS", "1.1.0", 'CNI 1.1.0, section 2, "STATUS"'),
  {
    id: "delegation/same-environment",
    clause: {
      section: PROTOCOL,
      level: "MUST",
      requirement: "The plugin that is delegated to gets the same variables",
    },
    run: async (stage) => {
      const delegated = await attachByProbe(stage);
      await stage.mustCall("DEL", delegated.sandbox, delegated.later);
      await forEach(["ADD", "DEL"], async (command) => {
        const { env } = await callOf(delegated.probe, command);
        const { later: { path }, sandbox } = delegated;
        demandSame(env, {
          CNI_CONTAINERID: sandbox.containerId,
          CNI_NETNS: sandbox.path,
          CNI_IFNAME: sandbox.ifname,
          CNI_PATH: path,
        });
      });
    },
  },
  {
    id: "delegation/arguments",
    clause: {
      section: PROTOCOL,
      level: "MUST",
      requirement: "The plugin that is delegated to gets CNI_ARGS",
    },
    run: async (stage) => {
      const { probe, sandbox, later } = await attachByProbe(stage);
      const args = "IgnoreUnknown=1;CONFORMANCE=yes";
      await stage.mustCall("DEL", sandbox, { ...later, args });
      demandSame((await callOf(probe, "DEL")).env, { CNI_ARGS: args });
    },
  },
  {
    id: "delegation/whole-configuration",
    clause: {
      section: PROCEDURE,
      level: "SHOULD",
      requirement: "The plugin that is delegated to gets the whole " +
        "configuration, not its ipam alone, with nothing changed",
    },
    run: async (stage) => {
      const { probe } = await attachByProbe(stage);
      const { config } = await callOf(probe, "ADD");
      demandEqual(config, probe.options.stdin);
    },
  },
  {
    id: "delegation/stderr-passed-on",
    clause: {
      section: PROCEDURE,
      level: "SHOULD",
      requirement: "What the plugin that is delegated to writes to stderr " +
        "goes to the stderr of the one that delegates",
    },
    run: async (stage) => {
      const { probe, sandbox, later } = await attachByProbe(stage);
      const record: CallRecord = await stage.call("DEL", sandbox, later);
      const call: ProbeCall = await callOf(probe, "DEL");
      demand(
        record.stderr.includes(PROBE_WORDS),
        `stderr of ${call.command} lacks "${PROBE_WORDS}"`,
      );
    },
  },
];

/** All addresses in a result, of whatever version. */
function addressesOf({ ips, ip4, ip6 }: JsonObject): readonly string[] {
  const list = Array.isArray(ips) ? ips as readonly JsonObject[] : [];
  const old = [ip4, ip6] as readonly (JsonObject | undefined)[];
  return [...list.map(({ address }) => address), ...old.map((one) => one?.ip)]
    .filter((one) => typeof one === "string");
}

function demandSame(
  env: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(expected)) {
    const found = env[name] === undefined ? "absent" : `"${env[name]}"`;
    demand(env[name] === value, `${name} is ${found}, not "${value}"`);
  }
}

function demandEqual(found: JsonObject, expected: JsonObject): void {
  const keys = new Set([...Object.keys(found), ...Object.keys(expected)]);
  const text = (value: Json | undefined) =>
    value === undefined ? "absent" : JSON.stringify(sortKeys(value));
  const changed = [...keys].filter((key) =>
    text(found[key]) !== text(expected[key])
  );
  demand(
    changed.length === 0,
    changed.map((key) =>
      `${key} is ${text(found[key])}, not ${text(expected[key])}`
    ).join("\n"),
  );
}
