import { isAtLeast, type Json } from "../../../lib/spec/mod.ts";
import { type Case, demandEnd, whyUnusable } from "../../suite/mod.ts";
import { attach, forEach, prepare } from "../steps/mod.ts";
import { demandError, demandNoTrace } from "./demand_error.ts";

const ERRORS = 'CNI 1.1.0, section 2, "Errors"';

/** Values that are wrong for the keys that the protocol itself reads. */
const WRONG: Readonly<Record<string, readonly Json[]>> = {
  cniVersion: [1, {}, "1", "banana", "1.1.0.0"],
  name: [1, true, {}, []],
};

/** Values of every type, for keys that may have any of them wrong. */
const ODD: readonly Json[] = [
  ...[null, true, -1, 1e300, "", "x", [], [null], [[]], {}, { x: {} }],
];

/** Cases about configurations with keys of a wrong type. */
export const KEY_CASES: readonly Case[] = [
  {
    id: "robustness/version-wrong",
    clause: {
      section: ERRORS,
      level: "MUST",
      requirement: "A cniVersion that is no version fails in good order",
    },
    run: (stage) =>
      forEach(WRONG.cniVersion ?? [], async (cniVersion) => {
        const { sandbox, input } = await prepare(stage);
        const stdin = { ...input, cniVersion };
        const record = await stage.call("ADD", sandbox, { stdin });
        const why = `cniVersion ${JSON.stringify(cniVersion)}`;
        demandError(record, stage, why);
      }),
  },
  {
    id: "robustness/name-wrong",
    clause: {
      section: ERRORS,
      level: "MUST",
      requirement: "A name of another type than text fails in good order",
    },
    run: (stage) =>
      forEach(WRONG.name ?? [], async (name) => {
        const { sandbox, input } = await prepare(stage);
        const stdin = { ...input, name };
        const record = await stage.call("ADD", sandbox, { stdin });
        demandError(record, stage, `name ${JSON.stringify(name)}`);
      }),
  },
  {
    id: "robustness/previous-result-wrong",
    clause: {
      section: 'CNI 1.1.0, section 2, "CHECK"',
      level: "MUST",
      requirement: "CHECK consults prevResult: with one that is no result it " +
        "fails in good order",
      versions: ["0.4.0", "1.0.0", "1.1.0"],
    },
    skip: whyUnusable,
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      await stage.mustCall("CHECK", sandbox, { stdin: input });
      const { cniVersion } = input;
      const wrong: readonly Json[] = [
        ...["x", 1, [1]],
        { cniVersion, ips: "x" },
        { cniVersion, ips: [{ address: "x" }] },
        { cniVersion, interfaces: "x" },
        { cniVersion, routes: [{ dst: "x" }] },
      ];
      await forEach(wrong, async (prevResult) => {
        const stdin = { ...input, prevResult };
        const record = await stage.call("CHECK", sandbox, { stdin });
        const why = `prevResult ${JSON.stringify(prevResult)}`;
        demandError(record, stage, why);
      });
    },
  },
  {
    id: "robustness/keys-odd",
    clause: {
      section: ERRORS,
      level: "MUST",
      requirement:
        "Whatever type a key of the configuration has, ADD ends in " +
        "good order: with a result, or with a failure",
    },
    skip: whyUnusable,
    run: async (stage) => {
      await attach(stage);
      const keys = [
        ...Object.keys(stage.subject.profile?.config ?? {}),
        ...["type", "dns", "args", "capabilities", "runtimeConfig"],
        ...(isAtLeast(stage.version, "0.3.0") ? ["prevResult"] : []),
      ];
      const rows = keys.map((key, index) => ({ key, index }));
      await forEach(rows, async ({ key, index }) => {
        const { sandbox, input } = await prepare(stage);
        for (const value of valuesFor(index)) {
          const stdin = { ...input, [key]: value };
          const record = await stage.call("ADD", sandbox, { stdin });
          demandNoTrace(record);
          demandEnd(record);
          if (record.status !== 0) demandError(record, stage, key);
        }
      });
    },
  },
  {
    id: "robustness/refused",
    clause: {
      section: 'CNI 1.1.0, section 5, "Error"',
      level: "MUST",
      requirement: "A configuration that the profile says is wrong fails in " +
        "good order",
    },
    skip: (subject) =>
      whyUnusable(subject) ??
        (subject.profile?.refused === undefined
          ? "the profile names no wrong configurations"
          : undefined),
    run: async (stage) => {
      await attach(stage);
      const { refused = {} } = stage.subject.profile ?? {};
      await forEach(Object.entries(refused), async ([why, keys]) => {
        const { sandbox, input } = await prepare(stage, keys);
        const record = await stage.call("ADD", sandbox, { stdin: input });
        demandError(record, stage, `ADD with ${why}`);
      });
    },
  },
];

/** A few of the odd values, others for each key, so that all have their turn. */
function valuesFor(index: number): readonly Json[] {
  return [0, 5].map((offset) => ODD[(index + offset) % ODD.length]!);
}
