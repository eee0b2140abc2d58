import type { Plan, PlanContext, Request } from "../../../lib/plugin/mod.ts";
import type { DelegateConfig } from "./delegate_base.ts";
import { formatDelegate } from "./delegate_text.ts";
import { makeDelegate } from "./make_delegate.ts";
import { makeRemover } from "./make_remover.ts";
import { parseDataDir } from "./config.ts";
import { platformFor } from "./platform.ts";
import { openDelegateState } from "./state.ts";

/** Says what a command would do, and does none of it. */
export async function planFlannel(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  if (request.command === "ADD") return await planAdd(request, context);
  const saved = openDelegateState(request)?.find();
  if (saved?.delegate === undefined) {
    const make = request.command === "DEL" ? makeRemover : makeDelegate;
    return await planDelegate(make(request), request, context);
  }
  const { delegate: { type }, text, path } = saved;
  const plan = await context.plan(type, { ...request, stdin: text }, {
    role: "main",
  });
  if (request.command !== "DEL") return plan;
  const purpose = "forget the delegate's configuration";
  return { ...plan, acts: [...plan.acts, { purpose, command: `rm ${path}` }] };
}

async function planAdd(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  const delegate = makeDelegate(request);
  const { path } = parseDataDir(request.config.fields);
  const name = platformFor(Deno.build.os).stateName(request);
  const purpose =
    `save the configuration of ${delegate.type} in ${path}/${name}`;
  const plan = await planDelegate(delegate, request, context);
  return { ...plan, acts: [{ purpose }, ...plan.acts] };
}

function planDelegate(
  delegate: DelegateConfig,
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  const stdin = formatDelegate(delegate);
  return context.plan(delegate.type, { ...request, stdin }, { role: "main" });
}
