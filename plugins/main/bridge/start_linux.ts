import { Shells } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { ipamTypeOf, readSandboxLinks } from "../../shared/mod.ts";
import { lockBridge } from "./bridge_lock_linux.ts";
import { parseBridgeConfig } from "./config.ts";
import { readFacts } from "./facts_linux.ts";

/**
 * Has host and container looked at, and loads meanwhile what an ADD needs: one
 * after the other they would take half of its time.
 */
export async function startAdd(
  request: Request,
  context: Context,
): Promise<Result> {
  const config = parseBridgeConfig(request);
  using lock = await lockBridge(config.bridge, "shared");
  await using shells = new Shells();
  const { run } = shells;
  const facts = readFacts(request, config, run);
  // Whoever awaits the facts gets their error; until then it is nobody's.
  facts.catch(() => {});
  const ipamType = ipamTypeOf(request.config.fields);
  if (ipamType !== undefined) context.preload(ipamType, request);
  const runAside = config.ipMasq ? shells.open() : run;
  const { addBridge } = await import("./add_linux.ts");
  const start = { config, run, runAside, lock, facts };
  return await addBridge(request, context, start);
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
