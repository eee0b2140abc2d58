import {
  readSandbox,
  requireSandbox,
  runCommand,
  sandboxText,
  stepText,
} from "../../../lib/linux/mod.ts";
import type { Plan, Request } from "../../../lib/plugin/mod.ts";
import { prevResultOf, type Result } from "../../../lib/spec/mod.ts";
import { loopbackResult, NAME, UP } from "./loopback_linux.ts";

/** Says what a command would do, and does none of it. */
export function planLoopback(request: Request): Promise<Plan> {
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
  const { netns, netnsOverride: override, config } = request;
  const prevResult = prevResultOf(config);
  const links = await requireSandbox(netns, { run: runCommand, override });
  const { purpose } = UP;
  const result = prevResult ??
    withKernelAddresses(loopbackResult(links, netns));
  return { acts: [{ purpose, command: stepText(UP, netns) }], result };
}

/** What the kernel gives `lo` once it is up. */
function withKernelAddresses(result: Result): Result {
  if (result.ips?.length) return result;
  const addresses = ["127.0.0.1/8", "::1/128"];
  const ips = addresses.map((address) => ({ address, interface: 0 }));
  return { ...result, ips };
}

async function planDel(request: Request): Promise<Plan> {
  const { netns, netnsOverride: override } = request;
  if (netns === "") return { acts: [] };
  const sandbox = await readSandbox(netns, { run: runCommand, override });
  if (sandbox.links === undefined) return { acts: [] };
  const command = sandboxText(`ip link set dev ${NAME} down`, netns);
  return { acts: [{ purpose: `set "${NAME}" down`, command }] };
}

function planCheck({ netns }: Request): Promise<Plan> {
  const command = sandboxText(`ip link show dev ${NAME}`, netns);
  const purpose = `see whether "${NAME}" is up`;
  return Promise.resolve({ acts: [{ purpose, command }] });
}
