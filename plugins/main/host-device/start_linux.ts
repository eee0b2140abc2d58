import { Shells } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import {
  ipamTypeOf,
  readSandboxLinks,
  requireFreeName,
  settled,
} from "../../shared/mod.ts";
import { parseHostDeviceConfig } from "./config.ts";
import { readDevices } from "./facts_linux.ts";

/**
 * Has host and container looked at, and loads meanwhile what an ADD needs: one
 * after the other they would take half of its time.
 */
export async function startAdd(
  request: Request,
  context: Context,
): Promise<Result> {
  const config = parseHostDeviceConfig(request);
  await using shells = new Shells();
  const { run } = shells;
  const devices = settled(
    readDevices(config.selector, run),
    requireFreeName(request, "device", run),
  ).then(([found]) => found);
  // Whoever awaits it gets its error; until then it is nobody's.
  devices.catch(() => {});
  const { ipamType } = config;
  if (ipamType !== undefined) context.preload(ipamType, request);
  const { addHostDevice } = await import("./add_linux.ts");
  return await addHostDevice(request, context, { config, run, devices });
}

/** As {@linkcode startAdd}, for what a DEL has to know. */
export async function startDel(
  request: Request,
  context: Context,
): Promise<void> {
  await using shells = new Shells();
  const { run } = shells;
  const sandbox = readSandboxLinks(request, run);
  const ipamType = ipamTypeOf(request.config.fields);
  if (ipamType !== undefined) context.preload(ipamType, request);
  const { delHostDevice } = await import("./del_linux.ts");
  await delHostDevice(request, context, { run, sandbox });
}
