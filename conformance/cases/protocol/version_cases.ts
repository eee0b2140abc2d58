import { SPEC_VERSIONS, versionsFrom } from "../../../lib/spec/mod.ts";
import { type Case, demand, type Stage } from "../../suite/mod.ts";
import { attachIfKnown, forEach } from "../steps/mod.ts";

/** Calls VERSION as it must be possible: with nothing but `CNI_COMMAND`. */
async function askVersion(stage: Stage, cniVersion: string) {
  return await stage.mustCall("VERSION", undefined, {
    stdin: { cniVersion },
    env: { CNI_PATH: undefined },
  });
}

/** Versions that were never published. */
const UNKNOWN_VERSIONS = ["0.9.0", "1.99.0", "99.0.0"];

/** Cases about VERSION and about which versions a plugin speaks. */
export const VERSION_CASES: readonly Case[] = [
  {
    id: "protocol/version-answers",
    clause: {
      section: 'CNI 1.1.0, section 5, "VERSION Success"',
      level: "MUST",
      requirement: "VERSION needs no variable but CNI_COMMAND, and prints an " +
        "object with cniVersion and supportedVersions",
      versions: versionsFrom("0.2.0"),
    },
    run: async (stage) => {
      const answer = await askVersion(stage, stage.version);
      demand(answer !== undefined, "VERSION prints nothing");
      const { cniVersion, supportedVersions: versions } = answer;
      demand(
        typeof cniVersion === "string" && /^\d+\.\d+\.\d+$/.test(cniVersion),
        `cniVersion is ${JSON.stringify(cniVersion)}: expected a version`,
      );
      demand(
        Array.isArray(versions) && versions.length > 0 &&
          versions.every((one) => typeof one === "string"),
        `supportedVersions is ${JSON.stringify(versions)}: expected a list`,
      );
    },
  },
  {
    id: "protocol/version-semantic",
    clause: {
      section: 'CNI 1.1.0, section 1, "Configuration format"',
      level: "SHOULD",
      requirement: "Each of supportedVersions is a semantic version, and " +
        "stands there once",
      versions: versionsFrom("0.2.0"),
    },
    run: async (stage) => {
      const answer = await askVersion(stage, stage.version);
      const versions = answer?.supportedVersions;
      demand(Array.isArray(versions), "There are no supportedVersions");
      const odd = versions.filter((one) =>
        !/^\d+\.\d+\.\d+$/.test(String(one))
      );
      demand(odd.length === 0, `These are no versions: ${odd.join(", ")}`);
      const isOnce = new Set(versions).size === versions.length;
      demand(isOnce, `One is there twice: ${versions.join(", ")}`);
    },
  },
  {
    id: "protocol/version-echoes",
    clause: {
      section: 'CNI 1.1.0, section 5, "VERSION Success"',
      level: "SHOULD",
      requirement: "cniVersion in the answer to VERSION is the one on stdin",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { versions } = stage.subject;
      demand(versions.length > 0, "It does not answer VERSION");
      const known = SPEC_VERSIONS.filter((one) => versions.includes(one));
      // The oldest and the newest tell a constant from an echo.
      await forEach(
        [...known.slice(0, 1), ...known.slice(-1)],
        async (asked) => {
          const answer = await askVersion(stage, asked);
          const found = JSON.stringify(answer?.cniVersion);
          demand(
            answer?.cniVersion === asked,
            `Asked in ${asked}, it answers in ${found}`,
          );
        },
      );
    },
  },
  {
    id: "protocol/unsupported-version",
    clause: {
      section: 'CNI 1.1.0, section 5, "Error"',
      level: "SHOULD",
      requirement: "A configuration of a version that the plugin does not " +
        "list is an error of code 1",
    },
    run: async (stage) => {
      const { versions } = stage.subject;
      const { sandbox, input } = await attachIfKnown(stage);
      const known = SPEC_VERSIONS.filter((one) => !versions.includes(one));
      const ifname = "other0";
      await forEach([...known, ...UNKNOWN_VERSIONS], async (cniVersion) => {
        const stdin = { ...input, cniVersion };
        const options = { stdin, ifname, codes: [1] };
        await stage.mustFail("ADD", sandbox, options);
      });
    },
  },
];
