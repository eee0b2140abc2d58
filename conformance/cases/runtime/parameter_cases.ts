import type { ProbeCall, RuntimeCase } from "../../runtime/mod.ts";
import { demand } from "../../suite/mod.ts";
import { must, SECTION, WITH_CHECK, WITH_GC } from "./clauses.ts";

/** The variables and the namespace that plugins are called with. */
export const PARAMETER_CASES: readonly RuntimeCase[] = [
  {
    id: "runtime/container-id",
    clause: must(
      SECTION.parameters,
      "CNI_CONTAINERID is set; it begins with a letter or digit, and has only " +
        "letters, digits, _, . and - after it",
    ),
    async run(stage) {
      const { calls } = await stage.mustRun("add");
      demandSame(calls, "CNI_CONTAINERID", (value) => ID.test(value));
    },
  },
  {
    id: "runtime/netns",
    clause: must(SECTION.parameters, "CNI_NETNS is the container's namespace"),
    async run(stage) {
      const { calls } = await stage.mustRun("add");
      demandSame(calls, "CNI_NETNS", (value) => value === stage.netns);
    },
  },
  {
    id: "runtime/ifname",
    clause: must(
      SECTION.parameters,
      "CNI_IFNAME is the interface's name, that which the caller asks for",
    ),
    async run(stage) {
      const some = await stage.mustRun("add");
      demandSame(some.calls, "CNI_IFNAME", (value) => value !== "");
      const { calls } = await stage.mustRun("add", { CNI_IFNAME: "probe9" });
      demandSame(calls, "CNI_IFNAME", (value) => value === "probe9");
    },
  },
  {
    id: "runtime/args",
    clause: must(
      SECTION.parameters,
      "CNI_ARGS holds the pairs that the caller gives",
    ),
    async run(stage) {
      const args = "IgnoreUnknown=1;FOO=BAR;ABC=123";
      const { calls } = await stage.mustRun("add", { CNI_ARGS: args });
      demandSame(calls, "CNI_ARGS", (value) => value === args);
    },
  },
  {
    id: "runtime/path",
    clause: must(
      SECTION.parameters,
      "CNI_PATH lists the folders that plugins are looked for in",
    ),
    async run(stage) {
      const path = `${stage.bin}/../net.d:${stage.bin}`;
      const { calls } = await stage.mustRun("add", { CNI_PATH: path });
      demandSame(
        calls,
        "CNI_PATH",
        (value) => value.split(":").includes(stage.bin),
      );
    },
  },
  {
    id: "runtime/gc-path",
    clause: must(SECTION.gc, "CNI_PATH is set for GC too", WITH_GC),
    async run(stage) {
      const { calls } = await stage.mustRun("gc");
      demandSame(
        calls,
        "CNI_PATH",
        (value) => value.split(":").includes(stage.bin),
      );
    },
  },
  {
    id: "runtime/gc-no-attachment",
    clause: must(
      SECTION.collecting,
      "GC has no parameters of an attachment",
      WITH_GC,
    ),
    async run(stage) {
      const { calls } = await stage.mustRun("gc");
      const gc = calls.filter(({ command }) => command === "GC");
      for (const name of ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"]) {
        demandSame(gc, name, (value) => value === "");
      }
    },
  },
  {
    id: "runtime/del-parameters",
    clause: must(
      SECTION.deleting,
      "DEL has the parameters of its ADD",
    ),
    isPerVersion: true,
    run: (stage) => demandKept(stage, "del"),
  },
  {
    id: "runtime/check-parameters",
    clause: must(
      SECTION.checking,
      "CHECK has the parameters of the ADD",
      WITH_CHECK,
    ),
    run: (stage) => demandKept(stage, "check"),
  },
  {
    id: "runtime/own-netns",
    clause: must(
      SECTION.overview,
      "Plugins run in the runtime's network namespace, not in the container's",
    ),
    async run(stage) {
      const { calls } = await stage.mustRun("add");
      demand(calls.length > 0, `"add" called no plugin`);
      for (const { type, netns } of calls) {
        demand(
          netns === stage.ownNetns,
          `${type} runs in ${netns}: expected ${stage.ownNetns}`,
        );
      }
    },
  },
];

const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

const KEPT = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS"];

async function demandKept(
  stage: Parameters<RuntimeCase["run"]>[0],
  verb: "del" | "check",
): Promise<void> {
  const env = { CNI_IFNAME: "probe9", CNI_ARGS: "IgnoreUnknown=1;FOO=BAR" };
  const added = await stage.mustRun("add", env);
  const { calls } = await stage.mustRun(verb, env);
  for (const name of KEPT) {
    const value = added.calls[0]?.env.get(name);
    demandSame(calls, name, (one) => one === value);
  }
}

/** Sees to it that all calls have a variable, and the same value that fits. */
function demandSame(
  calls: readonly ProbeCall[],
  name: string,
  fits: (value: string) => boolean,
): void {
  demand(calls.length > 0, "No plugin was called");
  const [first] = calls.map(({ env }) => env.get(name) ?? "");
  for (const { type, command, env } of calls) {
    const value = env.get(name) ?? "";
    demand(
      value === first && fits(value),
      `${name} is ${JSON.stringify(value)} at ${command} of ${type}`,
    );
  }
}
