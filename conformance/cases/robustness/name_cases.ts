import { versionsFrom } from "../../../lib/spec/mod.ts";
import { type Case, demand } from "../../suite/mod.ts";
import { attachIfKnown, forEach } from "../steps/mod.ts";
import { demandError } from "./demand_error.ts";

/** Texts that lead out of a folder, or mean something to a shell. */
const TRICKS = [
  ...["../../conformance-escaped", "..", "/etc"],
  ...["a\0b", "a\nb", "$(touch x)", "-h"],
];

/** Environment variables cannot hold a NUL. */
const VARIABLE_TRICKS = TRICKS.filter((one) => !one.includes("\0"));

/** Cases about names that are chosen to do harm. */
export const NAME_CASES: readonly Case[] = [
  {
    id: "robustness/tricks-in-name",
    clause: {
      section: 'CNI 1.1.0, section 1, "Configuration format"',
      level: "SHOULD",
      requirement: "A name with characters that names cannot have fails in " +
        "good order",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attachIfKnown(stage);
      const { prevResult: _, ...config } = input;
      const ifname = "other0";
      await forEach(TRICKS, async (name) => {
        const stdin = { ...config, name };
        const record = await stage.call("ADD", sandbox, { stdin, ifname });
        demandError(record, stage, `name ${JSON.stringify(name)}`);
      });
    },
  },
  {
    id: "robustness/tricks-in-containerid",
    clause: {
      section: 'CNI 1.1.0, section 2, "Parameters"',
      level: "SHOULD",
      requirement: "A CNI_CONTAINERID with characters that it cannot have " +
        "fails in good order, for DEL too",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attachIfKnown(stage);
      await forEach(VARIABLE_TRICKS, async (containerId) => {
        const options = { stdin: input, containerId };
        const record = await stage.call("DEL", sandbox, options);
        const why = `CNI_CONTAINERID=${JSON.stringify(containerId)}`;
        demandError(record, stage, why);
      });
    },
  },
  {
    id: "robustness/tricks-leave-nothing",
    clause: {
      section: 'CNI 1.1.0, section 1, "Configuration format"',
      level: "SHOULD",
      requirement: "Names that lead out of a folder make no file out of it",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attachIfKnown(stage);
      const trick = "../../../../../../../../run/netns/conformance-escaped";
      const stdin = { ...input, name: trick };
      await stage.call("ADD", sandbox, { stdin, ifname: "other0" });
      const options = { stdin: input, ifname: "other0", containerId: trick };
      await stage.call("ADD", sandbox, options);
      const look = ["find", "/run/netns", "-name", "conformance-escaped*"];
      const { stdout } = await stage.host.run(look);
      demand(stdout === "", `It has made ${stdout.trim()}`);
      demand(stage.subject.versions.length > 0, "It does not answer VERSION");
    },
  },
];
