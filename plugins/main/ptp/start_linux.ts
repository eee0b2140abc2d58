import { Shells } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import {
  ipamTypeOf,
  readSandboxLinks,
  requireFreeName,
} from "../../shared/mod.ts";
import { parsePtpConfig } from "./config.ts";

/**
 * Has the container looked at, and loads meanwhile what an ADD needs: one after
 * the other they would take half of its time.
 */
export async function startAdd(
  request: Request,
  context: Context,
): Promise<Result> {
  const config = parsePtpConfig(request);
  await using shells = new Shells();
  const { run } = shells;
  const isFree = requireFreeName(request, "veth", run);
  // Whoever awaits it gets its error; until then it is nobody's.
  isFree.catch(() => {});
  context.preload(config.ipamType, request);
  const runAside = config.ipMasq ? shells.open() : run;
  const { addPtp } = await import("./add_linux.ts");
  return await addPtp(request, context, { config, run, runAside, isFree });
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
  const { delPtp } = await import("./del_linux.ts");
  await delPtp(request, context, { run, sandbox });
}
