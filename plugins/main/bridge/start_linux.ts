import { requireEntry, Shells } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { ipamTypeOf, readSandboxLinks } from "../../shared/mod.ts";
import { lockBridge } from "./bridge_lock_linux.ts";
import { parseBridgeConfig } from "./config.ts";

/** Has the container looked at, and loads meanwhile what an ADD needs. */
export async function startAdd(
  request: Request,
  context: Context,
): Promise<Result> {
  const config = parseBridgeConfig(request);
  using lock = await lockBridge(config.bridge, "shared");
  await using shells = new Shells();
  shells.start();
  const { netns, netnsOverride: override } = request;
  const entered = requireEntry(netns, { run: shells.run, override });
  // Whoever awaits it gets its error; until then it is nobody's.
  entered.catch(() => {});
  const ipamType = ipamTypeOf(request.config.fields);
  if (ipamType !== undefined) context.preload(ipamType, request);
  const { addBridge } = await import("./add_linux.ts");
  return await addBridge(request, context, { config, shells, lock, entered });
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
  const { delBridge } = await import("./del_linux.ts");
  await delBridge(request, context, { run, sandbox });
}
