import { Shells } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { ipamTypeOf, readSandboxLinks } from "../../shared/mod.ts";
import { parseMacvlanConfig } from "./config.ts";
import { readFacts } from "./facts_linux.ts";

/**
 * Has host and container looked at, and loads meanwhile what an ADD needs: one
 * after the other they would take half of its time.
 */
export async function startAdd(
  request: Request,
  context: Context,
): Promise<Result> {
  const config = parseMacvlanConfig(request);
  await using shells = new Shells();
  const { run } = shells;
  const master = readFacts(request, config, run);
  // Whoever awaits it gets its error; until then it is nobody's.
  master.catch(() => {});
  const { ipamType } = config;
  if (ipamType !== undefined) context.preload(ipamType, request);
  const { addMacvlan } = await import("./add_linux.ts");
  return await addMacvlan(request, context, { config, run, master });
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
  const { delMacvlan } = await import("./del_linux.ts");
  await delMacvlan(request, context, { run, sandbox });
}
