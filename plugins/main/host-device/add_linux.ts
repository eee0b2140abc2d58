import {
  applySteps,
  type Link,
  reasonOf,
  removeByForce,
  type Run,
  type UndoStack,
  withUndo,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import {
  type Addressing,
  allocateAddresses,
  awaitSettledAddresses,
  interfaceSteps,
} from "../../shared/mod.ts";
import type { HostDeviceConfig } from "./config.ts";
import { type HostDevices, selectDevice } from "./devices.ts";
import { planMove, restoreLines } from "./plan.ts";
import { addressingOf, resultOf } from "./result.ts";

/** What was begun before this file was loaded. */
export interface AddStart {
  readonly config: HostDeviceConfig;
  /** Runs commands in shells that stay. */
  readonly run: Run;
  readonly devices: Promise<HostDevices>;
}

interface Tools {
  readonly run: Run;
  readonly undo: UndoStack;
}

/**
 * Moves a device of the host to the container (CNI 1.1.0, section 2, "ADD").
 * Addresses are allocated before that, so that a device with an attachment
 * that is not to be is left alone. A failure puts it back as it was.
 */
export async function addHostDevice(
  request: Request,
  context: Context,
  { config, run, devices }: AddStart,
): Promise<Result> {
  const device = selectDevice(config.selector, await devices);
  return await withUndo(async (undo) => {
    const { ipamType } = config;
    const ipam = await allocateAddresses(request, ipamType, { context, undo });
    const addressing = addressingOf(ipam, config);
    if (device.kind === "link") {
      await move(device.link, request, { run, undo });
      await configure(addressing, request, { run, undo });
    }
    return resultOf(request, {
      device,
      addressing,
      dns: config.dns ?? ipam?.dns,
    });
  }, (message) => context.warn(message));
}

async function move(
  link: Link,
  request: Request,
  { run, undo }: Tools,
): Promise<void> {
  const { netns } = request;
  // A step that fails may have moved the link without giving it its name.
  undo.push(() => putBack(link, request, run));
  await applySteps(planMove(link, request), { netns, run, undo });
}

async function configure(
  addressing: Addressing | undefined,
  { netns, ifname }: Request,
  tools: Tools,
): Promise<void> {
  const options = { netns, ...tools };
  const shown = await applySteps(interfaceSteps(ifname, addressing), options);
  const remedy = "set net.ipv6.conf.all.accept_dad to 0 in the container";
  const ips = addressing?.ips ?? [];
  await awaitSettledAddresses({ ifname, ips, remedy }, shown, options);
}

/** Moves a link back to the host, if it has left, and makes it what it was. */
async function putBack(
  link: Link,
  { netns, ifname }: Request,
  run: Run,
): Promise<void> {
  const words = ["link", "set", "dev", ifname, "name", link.name];
  const lines = [[...words, "netns", `${Deno.pid}`]];
  const faults = [await removeByForce(lines, { program: "ip", run, netns })];
  for (const args of restoreLines(link)) {
    const { stderr } = await run({ program: "ip", args });
    if (/File exists|already assigned/.test(stderr)) continue;
    faults.push(reasonOf(stderr));
  }
  const text = faults.filter((fault) => fault !== "").join("; ");
  if (text !== "") throw new Error(`"${link.name}": ${text}`);
}
