import { type SpecVersion, versionsFrom } from "../../../lib/spec/mod.ts";
import { type Case, demand, readFailure, Skip } from "../../suite/mod.ts";
import { attachIfKnown, forEach, mustRefuse, textOf } from "../steps/mod.ts";

/** The variables that a command needs, and since when it exists. */
interface Needs {
  readonly command: string;
  readonly variables: readonly string[];
  readonly since: SpecVersion;
}

const ATTACHMENT = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"];

const NEEDS: readonly Needs[] = [
  { command: "ADD", variables: ATTACHMENT, since: "1.0.0" },
  {
    command: "DEL",
    variables: ["CNI_CONTAINERID", "CNI_IFNAME"],
    since: "1.0.0",
  },
  { command: "CHECK", variables: ATTACHMENT, since: "1.0.0" },
  { command: "GC", variables: ["CNI_PATH"], since: "1.1.0" },
];

/** Each variable that a command needs, left out. */
const WITHOUT: readonly Case[] = NEEDS.flatMap((
  { command, variables, since },
) =>
  variables.map((variable): Case => ({
    id: `protocol/${command}-without-${variable.slice(4)}`.toLowerCase(),
    clause: {
      section: `CNI 1.1.0, section 2, "${command}"`,
      level: "MUST",
      requirement: `${variable} is required for ${command}: without it the ` +
        "plugin fails",
      versions: versionsFrom(since),
    },
    run: async (stage) => {
      const { sandbox, input } = await attachIfKnown(stage);
      const isGc = command === "GC";
      const stdin = isGc
        ? stage.config({ "cni.dev/valid-attachments": [] })
        : input;
      await mustRefuse(stage, command, {
        why: `${command} without ${variable}`,
        sandbox: isGc ? undefined : sandbox,
        stdin,
        // The interface is there from the ADD before; another name is free.
        ...(command === "ADD" ? { ifname: "other0" } : {}),
        env: { [variable]: undefined },
      });
    },
  }))
);

/** Identifiers that break the rule for `CNI_CONTAINERID`. */
const BAD_IDS = ["-a", ".a", "a/b", "a b", "a\nb", "ä"];

/** Names that no interface can have. */
const BAD_IFNAMES = ["..", "a/b", "a b", "sixteen-letters-"];

/** Cases about the variables that a plugin is called with. */
export const VARIABLE_CASES: readonly Case[] = [
  ...WITHOUT,
  {
    id: "protocol/error-names-missing",
    clause: {
      section: 'CNI 1.1.0, section 5, "Error"',
      level: "MUST",
      requirement: "An error of code 4 names the variable that is missing",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attachIfKnown(stage);
      await forEach(["CNI_CONTAINERID", "CNI_IFNAME"], async (variable) => {
        const record = await stage.call("DEL", sandbox, {
          stdin: input,
          env: { [variable]: undefined },
        });
        const error = readFailure(record);
        if (error.code !== 4) {
          throw new Skip(`its code for a missing variable is ${error.code}`);
        }
        demand(
          textOf(error).includes(variable),
          `The error does not name ${variable}: ${textOf(error)}`,
        );
      });
    },
  },
  {
    id: "protocol/error-names-malformed",
    clause: {
      section: 'CNI 1.1.0, section 5, "Error"',
      level: "MUST",
      requirement: "An error of code 4 names the variable that is malformed",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attachIfKnown(stage);
      const rows = [
        { variable: "CNI_CONTAINERID", value: "../a" },
        { variable: "CNI_IFNAME", value: "a/b" },
      ];
      await forEach(rows, async ({ variable, value }) => {
        const record = await stage.call("DEL", sandbox, {
          stdin: input,
          env: { [variable]: value },
        });
        if (record.status === 0) {
          throw new Skip(`it does not refuse ${variable}=${value}`);
        }
        const error = readFailure(record);
        if (error.code !== 4) {
          throw new Skip(`its code for a malformed variable is ${error.code}`);
        }
        demand(
          textOf(error).includes(variable),
          `The error does not name ${variable}: ${textOf(error)}`,
        );
      });
    },
  },
  {
    id: "protocol/code-for-variables",
    clause: {
      section: 'CNI 1.1.0, section 5, "Error"',
      level: "SHOULD",
      requirement: "A variable that is missing or malformed is an error of " +
        "code 4",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attachIfKnown(stage);
      const rows: readonly (readonly [string, string | undefined])[] = [
        ["CNI_COMMAND", "FETCH"],
        ["CNI_CONTAINERID", undefined],
        ["CNI_CONTAINERID", "../a"],
        ["CNI_IFNAME", undefined],
        ["CNI_IFNAME", "a/b"],
      ];
      await forEach(rows, async ([variable, value]) => {
        const env = { [variable]: value };
        await stage.mustFail("DEL", sandbox, {
          ...{ stdin: input, env, codes: [4] },
        });
      });
    },
  },
  {
    id: "protocol/containerid-characters",
    clause: {
      section: 'CNI 1.1.0, section 2, "Parameters"',
      level: "SHOULD",
      requirement: "A container id that does not begin with a letter or " +
        "digit, or holds others than these and _.-, is refused",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attachIfKnown(stage);
      await forEach(BAD_IDS, async (containerId) => {
        const why = `CNI_CONTAINERID=${JSON.stringify(containerId)}`;
        const options = { stdin: input, ifname: "other0", containerId };
        await mustRefuse(stage, "ADD", { ...options, sandbox, why });
      });
    },
  },
  {
    id: "protocol/ifname-unusable",
    clause: {
      section: 'CNI 1.1.0, section 2, "Parameters"',
      level: "MUST",
      requirement: "A plugin that cannot use the name in CNI_IFNAME fails, " +
        "as with names that no interface can have",
      versions: versionsFrom("0.3.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attachIfKnown(stage);
      await forEach(BAD_IFNAMES, async (ifname) => {
        const why = `CNI_IFNAME=${JSON.stringify(ifname)}`;
        await mustRefuse(stage, "ADD", { stdin: input, sandbox, ifname, why });
      });
    },
  },
];
