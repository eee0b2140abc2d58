import { runCommand, UndoStack } from "../../../lib/linux/mod.ts";
import {
  createRecorder,
  iptablesProgram,
  type Recorder,
  updateIptables,
} from "../../../lib/firewall/mod.ts";
import type { Plan, PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import { transactionActs } from "../../shared/rare/mod.ts";
import { readFirewallConfig, readFirewallInput } from "./config.ts";
import { findAddresses } from "./del_linux.ts";
import { type SourceAct, sourceCommand } from "./firewalld.ts";
import { findFirewalld, type Firewalld } from "./firewalld_linux.ts";
import { planDel } from "./plan_removal.ts";
import { hostCidr } from "./rules.ts";
import { addRules, scriptOf } from "./tables_linux.ts";
import { ownerOf, sourcesOf, wantedRules } from "./wanted_rules.ts";

/** Says what a command would do, and does none of it. */
export function planFirewall(request: Request): Promise<Plan> {
  switch (request.command) {
    case "ADD":
      return planAddCommand(request);
    case "DEL":
      return planDelCommand(request);
    default:
      return Promise.resolve(planCheck(request));
  }
}

async function planAddCommand(request: Request): Promise<Plan> {
  const input = readFirewallInput(request);
  const firewalld = await findFirewalld(input.config, runCommand);
  const isAccepting = firewalld === undefined;
  const recorder = createRecorder(runCommand);
  const families = isAccepting || input.bridge !== undefined
    ? [...input.addresses.keys()]
    : [];
  for (const family of families) {
    const wanted = wantedRules(request, input, { family, isAccepting });
    await addRules(wanted, { family, run: recorder.run }, new UndoStack());
  }
  return {
    acts: [
      ...sourceActs(firewalld, "add", sourcesOf(input)),
      ...transactionActs("let the container pass", recorder.changes),
    ],
    result: input.result,
  };
}

async function planDelCommand(request: Request): Promise<Plan> {
  const own = readFirewallConfig(request.config);
  const addresses = await findAddresses(request, () => {});
  const firewalld = await findFirewalld(own, runCommand)
    .catch(() => undefined);
  const recorder: Recorder = createRecorder(runCommand);
  for (const family of own.backend === "firewalld" ? [] : [4, 6] as const) {
    const some = addresses.get(family) ?? [];
    await updateIptables(
      "filter",
      (listing) => scriptOf(planDel(listing, ownerOf(request), some)),
      { family, run: recorder.run, act: "list firewall rules" },
    );
  }
  const sources = [...addresses.values()].flat().map(hostCidr);
  return {
    acts: [
      ...sourceActs(firewalld, "remove", sources),
      ...transactionActs("remove the container's rules", recorder.changes),
    ],
  };
}

function sourceActs(
  firewalld: Firewalld | undefined,
  act: SourceAct,
  sources: readonly string[],
): readonly PlannedAct[] {
  if (firewalld === undefined) return [];
  const { client, zone } = firewalld;
  return sources.map((source) => {
    const { program, args } = sourceCommand(client, act, { zone, source });
    const command = [program, ...args].join(" ");
    return { purpose: `${act} ${source} in firewalld's zone ${zone}`, command };
  });
}

function planCheck(request: Request): Plan {
  const { addresses } = readFirewallInput(request);
  return {
    acts: [...addresses.keys()].map((family) => ({
      purpose: `compare the rules of IPv${family}`,
      command: `${iptablesProgram(family)} -t filter -S`,
    })),
  };
}
