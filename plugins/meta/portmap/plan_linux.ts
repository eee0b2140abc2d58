import {
  type Command,
  runCommand,
  stepText,
  UndoStack,
} from "../../../lib/linux/mod.ts";
import { createRecorder, transactionText } from "../../../lib/firewall/mod.ts";
import type { Plan, PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import { staleConnections } from "./conntrack.ts";
import { removeForwardings } from "./del_linux.ts";
import { addForwarding } from "./forward_linux.ts";
import { localnetSteps } from "./localnet_linux.ts";
import { prepareAdd } from "./prepare.ts";

/** Says what a command would do, and does none of it. */
export function planPortmap(request: Request): Promise<Plan> {
  switch (request.command) {
    case "ADD":
      return planAdd(request);
    case "DEL":
      return planDel(request);
    default:
      return planCheck(request);
  }
}

async function planAdd(request: Request): Promise<Plan> {
  const { forwardings, prevResult } = prepareAdd(request);
  const { run, changes } = createRecorder(runCommand);
  const undo = new UndoStack();
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  for (const forwarding of forwardings) {
    await addForwarding(forwarding, { run, undo, warn });
  }
  const steps = await localnetSteps(forwardings, run);
  const stale = staleConnections(forwardings);
  return {
    acts: [
      ...warnings.map((warning) => ({ purpose: `warn: ${warning}` })),
      ...actsOf("map ports", changes),
      ...steps.map((step) => ({
        purpose: step.purpose,
        command: stepText(step, request.netns),
      })),
      ...stale.map((words) => ({
        purpose: "end connections that came by the port before it was mapped",
        command: ["conntrack", ...words].join(" "),
      })),
    ],
    result: prevResult,
  };
}

async function planDel(request: Request): Promise<Plan> {
  const { run, changes } = createRecorder(runCommand);
  await removeForwardings(request, {
    run,
    open: () => run,
    looksFirst: true,
  });
  return { acts: actsOf("remove mapped ports", changes) };
}

function planCheck(request: Request): Promise<Plan> {
  const { forwardings } = prepareAdd(request);
  const acts = forwardings.map(({ config: { backend }, family }) => {
    const isNft = backend === "nftables";
    const word = family === 4 ? "ip" : "ip6";
    const command = isNft
      ? `nft list table ${word} cni_hostport`
      : `${word}tables -t nat -S`;
    return { purpose: "see whether all rules are there", command };
  });
  return Promise.resolve({ acts });
}

/** An act for each line of transactions. */
function actsOf(
  purpose: string,
  changes: readonly Command[],
): readonly PlannedAct[] {
  return changes.flatMap(transactionText)
    .map((command) => ({ purpose, command }));
}
