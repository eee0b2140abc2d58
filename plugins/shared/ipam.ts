import type { UndoStack } from "../../lib/linux/mod.ts";
import type {
  Context,
  Plan,
  PlanContext,
  Request,
} from "../../lib/plugin/mod.ts";
import type { Fields, Result } from "../../lib/spec/mod.ts";

const IPAM = { role: "ipam" } as const;

/** The IPAM plugin's name; `undefined` if none is to be called. */
export function ipamTypeOf(fields: Fields): string | undefined {
  return fields.fields("ipam")?.string("type") || undefined;
}

/**
 * Has the IPAM plugin allocate addresses; undone by its DEL.
 *
 * @returns Its result; `undefined` without an IPAM plugin.
 */
export async function allocateAddresses(
  request: Request,
  ipamType: string | undefined,
  { context, undo }: { context: Context; undo: UndoStack },
): Promise<Result | undefined> {
  if (ipamType === undefined) return undefined;
  const result = await context.delegate(ipamType, request, IPAM);
  undo.push(async () => {
    const del = { ...request, command: "DEL" };
    await context.delegate(ipamType, del, IPAM);
  });
  return result;
}

/** Has the IPAM plugin, if there is one, do its part of the request's command. */
export async function delegateIpam(
  request: Request,
  context: Context,
): Promise<void> {
  const ipamType = ipamTypeOf(request.config.fields);
  if (ipamType !== undefined) await context.delegate(ipamType, request, IPAM);
}

/** What the IPAM plugin, if there is one, would do for the request's command. */
export async function planIpam(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  const ipamType = ipamTypeOf(request.config.fields);
  return ipamType === undefined
    ? { acts: [] }
    : await context.plan(ipamType, request, IPAM);
}
