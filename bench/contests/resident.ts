import type { Contest, Side, Unit } from "../contest.ts";
import { type Contender, pluginRun, type Ring } from "../contender.ts";
import { bridgeConfig, lifeCycle } from "./attachment.ts";
import { oneByOne } from "./chain.ts";
import { addContainers, AT_A_TIME, COUNT, manySide, runAll } from "./many.ts";
import { addMaster, CHAINED, chainedSide } from "./single.ts";

/** How many calls come before the daemon's memory is looked at. */
const CALL_COUNT = 10_000;

/** What the daemon may have then, in MiB. */
const MEMORY_LIMIT_MIB = 80;

type Keys = Readonly<Record<string, unknown>>;

/** Plugins that come first in a list, or are called by one that does. */
const FIRST: Readonly<Record<string, (contender: Contender) => Keys>> = {
  "bridge + host-local": bridgeConfig,
  "bridge + host-local, ipMasq": (one) => bridgeConfig(one, { ipMasq: true }),
  "ptp + host-local": (one) => ({ ...bridgeConfig(one), type: "ptp" }),
  "macvlan + host-local": (one) => ({
    ...bridgeConfig(one),
    ...{ type: "macvlan", master: "bench-master" },
  }),
  "host-local alone": (one) => ({ ...bridgeConfig(one), type: "host-local" }),
  "static alone": (one) => ({
    ...bridgeConfig(one),
    type: "static",
    ipam: { type: "static", addresses: [{ address: "10.9.0.2/24" }] },
  }),
  "loopback alone": (one) => ({ ...bridgeConfig(one), type: "loopback" }),
};

/**
 * The resident mode beside the reference and our own programs, started for each
 * call, in what runtimes do: each plugin's ADD, CHECK and DEL, podman's chain,
 * and a node that starts and stops many containers. Processor time is that of
 * all processes, the daemon's included.
 */
export async function residentContests(
  ring: Ring,
): Promise<readonly Contest[]> {
  const { resident, reference, ours } = ring;
  if (resident === undefined) return [];
  await addMaster(ring);
  const among = async (
    title: string,
    side: (contender: Contender) => Side | Promise<Side>,
    units: readonly Unit[] = ["ms"],
  ): Promise<Contest> => ({
    title: [title, "resident"].filter(Boolean).join(", "),
    sides: [
      await side(resident),
      await side(reference),
      { ...await side(ours), name: "ours, a process for each call" },
    ],
    units,
  });
  const contests = [await among("", versionSide)];
  for (const [title, config] of Object.entries(FIRST)) {
    contests.push(await among(title, (one) => lifeCycle(one, config(one))));
  }
  for (const [plugin, keys] of Object.entries(CHAINED)) {
    const side = (one: Contender) => chainedSide(one, { plugin, keys, ring });
    contests.push(await among(`${plugin} alone`, side));
  }
  contests.push({
    ...await among("bridge + portmap (2 ports) + firewall + tuning", oneByOne),
    units: ["ms", "ms CPU"],
    hasSum: true,
  });
  const containers = await addContainers("resident", ring.cleanup);
  const node = (one: Contender) =>
    manySide(one, { containers, lanes: AT_A_TIME });
  const title = `${COUNT} containers, ${AT_A_TIME} at a time`;
  contests.push({
    ...await among(title, node, ["ms", "ms CPU"]),
    maxRounds: 3,
  });
  return [...contests, memoryContest(resident)];
}

function versionSide(contender: Contender): Side {
  const call = { plugin: "bridge", command: "VERSION", config: {} };
  return {
    name: contender.name,
    acts: { VERSION: [pluginRun(contender, call)] },
  };
}

/** Whether the daemon's memory stays below its limit. */
function memoryContest(resident: Contender): Contest {
  const config = FIRST["static alone"]?.(resident);
  const call = { plugin: "static", command: "ADD", config };
  const runs = Array.from(
    { length: CALL_COUNT },
    () => pluginRun(resident, call),
  );
  const name = "Memory of the daemon";
  const limit = { cpuMs: () => 0, memoryMiB: () => MEMORY_LIMIT_MIB };
  return {
    title: `after ${CALL_COUNT} calls`,
    sides: [
      {
        name: "resident",
        background: resident.background,
        acts: { [name]: () => runAll(runs, AT_A_TIME) },
      },
      {
        name: "its limit",
        background: limit,
        acts: { [name]: () => Promise.resolve() },
      },
    ],
    units: ["MiB"],
    maxRounds: 1,
  };
}
