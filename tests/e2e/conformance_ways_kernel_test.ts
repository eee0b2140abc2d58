import { assert, assertEquals } from "@std/assert";
import {
  conformanceWay,
  IS_RESIDENT,
  kernelTest,
  mustConform,
} from "./_harness.ts";

/** podman's chain, as far as it differs by how calls are made. */
const CHAIN = ["bridge", "firewall", "host-local", "portmap"];
const NEEDS = ["find", "iptables", "mount", "ping", "unshare"];

/** Words of a flag that is repeated. */
function repeated(flag: string, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [flag, name]);
}

kernelTest(
  "the plugins of a chain keep the clauses of their verbs",
  async (host) => {
    const way = await conformanceWay(host);
    const { counts, outcomes } = await mustConform([
      ...way.words,
      ...repeated("--plugin", CHAIN),
      ...repeated("--family", ["lifecycle", "chained"]),
    ]);
    assertEquals([counts.failed, counts.broken], [0, 0]);
    const calls = await way.countCalls();
    for (const name of CHAIN) {
      const passed = outcomes.filter(({ plugin, verdict }) =>
        plugin === name && verdict === "passed"
      );
      assert(passed.length > 10, `${name}: ${passed.length} passed`);
      // A case makes a call at least, and none of them was executed.
      if (IS_RESIDENT) assert((calls[name] ?? 0) >= passed.length, name);
    }
  },
  { needs: NEEDS },
);

kernelTest(
  "bridge keeps them, and those of delegating, where delegations are executed",
  async () => {
    const { counts } = await mustConform([
      ...["--env", "CNI_FORCE_EXEC=1", "--plugin", "bridge"],
      ...repeated("--family", ["lifecycle", "delegation"]),
    ]);
    assertEquals([counts.failed, counts.broken], [0, 0]);
    assert((counts.passed ?? 0) > 30, JSON.stringify(counts));
  },
  {
    needs: NEEDS,
    unless: () => IS_RESIDENT ? "is about calls without a daemon" : undefined,
  },
);
