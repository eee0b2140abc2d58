import { versionsFrom } from "../../../lib/spec/mod.ts";
import {
  type CallRecord,
  type Case,
  type Clause,
  demand,
  readFailure,
  Skip,
  type Stage,
} from "../../suite/mod.ts";
import { forEach, mustRefuse } from "../steps/mod.ts";

/** The codes that the specification gives a meaning. */
const KNOWN_CODES = [1, 2, 3, 4, 5, 6, 7, 11, 50, 51];

/** Calls that fail, each for one reason. */
async function failures(stage: Stage): Promise<readonly CallRecord[]> {
  const sandbox = await stage.addSandbox();
  const unsupported = stage.config({ cniVersion: "99.0.0" });
  const nameless = stage.config({ name: undefined });
  return [
    await stage.call("FETCH", sandbox),
    await stage.call("DEL", sandbox, { env: { CNI_IFNAME: undefined } }),
    await stage.call("DEL", sandbox, { stdin: "{" }),
    await stage.call("ADD", sandbox, { stdin: unsupported }),
    await stage.call("ADD", sandbox, { stdin: nameless }),
  ];
}

/** A case that looks at the error objects of several failures. */
function errorCase(
  id: string,
  clause: Clause,
  look: (record: CallRecord) => void,
): Case {
  return {
    id,
    clause,
    run: async (stage) => {
      const records = await failures(stage);
      await forEach(records, (record) => {
        look(record);
        return Promise.resolve();
      });
    },
  };
}

function demandErrorObject(record: CallRecord): void {
  const { details } = readFailure(record);
  demand(
    details === undefined || typeof details === "string",
    `details is ${JSON.stringify(details)}: expected a text`,
  );
}

const OLD_VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0"];

/** Cases about exit status, stdout and error objects. */
export const STREAM_CASES: readonly Case[] = [
  {
    id: "protocol/unknown-command",
    clause: {
      section: 'CNI 1.1.0, section 2, "Errors"',
      level: "MUST",
      requirement: "A CNI_COMMAND that there is not ends with a status that " +
        "is not 0",
    },
    run: async (stage) => {
      const sandbox = await stage.addSandbox();
      await forEach(["FETCH", "add", "ADD "], async (command) => {
        const why = `CNI_COMMAND=${JSON.stringify(command)}`;
        await mustRefuse(stage, command, { sandbox, why });
      });
    },
  },
  errorCase("protocol/error-object", {
    section: 'CNI 1.1.0, section 2, "Errors"',
    level: "SHOULD",
    requirement: "A failure prints one error object on stdout and nothing " +
      "else: code is a number, msg and details are texts",
    versions: versionsFrom("1.0.0"),
  }, demandErrorObject),
  errorCase("protocol/error-object-before-1.0.0", {
    section: 'CNI 0.4.0, "Result"',
    level: "MUST",
    requirement: "A failure ends with a status that is not 0 and prints " +
      "one error object on stdout and nothing else",
    versions: OLD_VERSIONS,
  }, demandErrorObject),
  errorCase("protocol/error-version", {
    section: 'CNI 1.1.0, section 5, "Error"',
    level: "SHOULD",
    requirement: "An error object has the version in use as cniVersion",
    versions: versionsFrom("0.2.0"),
  }, (record) => {
    const { cniVersion } = readFailure(record);
    const asked = versionAsked(record);
    demand(
      asked === undefined || cniVersion === asked,
      `cniVersion is ${JSON.stringify(cniVersion)}, asked in ${asked}`,
    );
  }),
  {
    id: "protocol/error-codes-reserved",
    clause: {
      section: 'CNI 1.1.0, section 5, "Error"',
      level: "MUST",
      requirement: "Codes up to 99 are used for nothing but what the " +
        "specification uses them for",
    },
    run: async (stage) => {
      const records = await failures(stage);
      const errors = records.filter(({ stdout }) => stdout.trim() !== "")
        .map((record) => readFailure(record));
      if (errors.length === 0) throw new Skip("it prints no error objects");
      const odd = errors.map(({ code }) => Number(code))
        .filter((code) => code < 100 && !KNOWN_CODES.includes(code));
      demand(
        odd.length === 0,
        `Reserved, and no well-known codes: ${odd.join(", ")}`,
      );
    },
  },
  {
    id: "protocol/code-for-json",
    clause: {
      section: 'CNI 1.1.0, section 5, "Error"',
      level: "SHOULD",
      requirement: "A configuration that cannot be decoded is an error of " +
        "code 6",
    },
    run: async (stage) => {
      const sandbox = await stage.addSandbox();
      await forEach(["", "{", "[]", "nonsense"], async (stdin) => {
        await stage.mustFail("ADD", sandbox, { stdin, codes: [6] });
      });
    },
  },
  {
    id: "protocol/code-for-name",
    clause: {
      section: 'CNI 1.1.0, section 5, "Error"',
      level: "SHOULD",
      requirement: "A configuration without a name, or with one that breaks " +
        "the rule for names, is an error of code 7",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const sandbox = await stage.addSandbox();
      await forEach([undefined, "", "../a", "a/b", "-a"], async (name) => {
        const stdin = stage.config({ name });
        await stage.mustFail("ADD", sandbox, { stdin, codes: [7] });
      });
    },
  },
];

/** `cniVersion` of a call's configuration, if it could be read. */
function versionAsked({ stdin, env }: CallRecord): string | undefined {
  // What fails over a variable need not have read stdin.
  if (env.CNI_IFNAME === undefined) return undefined;
  try {
    const { cniVersion } = JSON.parse(stdin);
    // An error cannot be told in a version that the plugin does not speak.
    return cniVersion === "99.0.0" ? undefined : cniVersion;
  } catch {
    return undefined;
  }
}
