/**
 * Cases that hold for any plugin: variables, streams, errors and versions.
 *
 * @module
 */
import { type Case, demand } from "../../suite/mod.ts";

/** The family `protocol`. */
export const PROTOCOL_CASES: readonly Case[] = [
  {
    id: "protocol/version-answers",
    clause: {
      section: 'CNI 1.1.0, section 5, "Version"',
      level: "MUST",
      requirement:
        "VERSION prints an object with cniVersion and supportedVersions",
    },
    run: async (stage) => {
      const stdin = { cniVersion: stage.version };
      const answer = await stage.mustCall("VERSION", undefined, { stdin });
      demand(
        Array.isArray(answer?.supportedVersions),
        "VERSION printed no list supportedVersions",
      );
    },
  },
];
