import { sandboxText, stepText } from "../../../lib/linux/mod.ts";
import type { Plan, PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import { readAddInput } from "./add_linux.ts";
import { hasAttributes, parseTuningConfig } from "./config.ts";
import { attributeSteps, restoreLines } from "./link_attributes.ts";
import { tunedResult } from "./result.ts";
import { sysctlText } from "./set_sysctls_linux.ts";
import { openTuningState, parseDataDir, stateFileName } from "./state.ts";

/** Says what a command would do, and does none of it. */
export function planTuning(request: Request): Plan {
  switch (request.command) {
    case "ADD":
      return planAdd(request);
    case "DEL":
      return planDel(request);
    default:
      return planCheck(request);
  }
}

// Nothing is looked at: the interface may be yet to be made.
function planAdd(request: Request): Plan {
  const { config, before } = readAddInput(request);
  const { netns, ifname } = request;
  const { sysctls, attributes } = config;
  const file = `${parseDataDir(request.config.fields)}/` +
    stateFileName(request);
  return {
    acts: [
      ...sysctls.map((sysctl): PlannedAct => ({
        purpose: `set the kernel parameter ${sysctl.path} to ${sysctl.value}`,
        command: sysctlText(sysctl, netns),
      })),
      ...(hasAttributes(attributes)
        ? [{ purpose: `save the values from before in ${file}` }]
        : []),
      ...attributeSteps(ifname, attributes).map((step) => ({
        purpose: step.purpose,
        command: stepText(step, netns),
      })),
    ],
    result: tunedResult(before, request, attributes),
  };
}

function planDel(request: Request): Plan {
  const saved = openTuningState(request)?.find(request);
  if (saved === undefined) return { acts: [] };
  const { netns, ifname } = request;
  const lines = netns === "" ? [] : restoreLines(ifname, saved.values ?? {});
  return {
    acts: [
      ...lines.map((words) => ({
        purpose: `put ${words.slice(-2).join(" ")} of "${ifname}" back`,
        command: sandboxText(["ip", ...words].join(" "), netns),
      })),
      {
        purpose: "forget the values from before",
        command: `rm ${saved.path}`,
      },
    ],
  };
}

function planCheck(request: Request): Plan {
  const { netns, ifname } = request;
  const { sysctls, attributes } = parseTuningConfig(request);
  return {
    acts: [
      ...sysctls.map(({ name, path }) => ({
        purpose: `compare the kernel parameter "${name}"`,
        command: sandboxText(`sysctl -n ${path}`, netns),
      })),
      ...(hasAttributes(attributes)
        ? [{
          purpose: `compare ${Object.keys(attributes).join(", ")}`,
          command: sandboxText(`ip -d link show dev ${ifname}`, netns),
        }]
        : []),
    ],
  };
}
