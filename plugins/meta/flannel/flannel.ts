import { findPlugin, splitPluginPath } from "../../../lib/invoke/mod.ts";
import {
  type Context,
  definePlugin,
  type Plugin,
  type Request,
} from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { FLANNEL_KEYS } from "./config.ts";
import { formatDelegate } from "./delegate_text.ts";
import { makeDelegate } from "./make_delegate.ts";
import { orDelegateError, readInput } from "./read_input.ts";
import { openDelegateState } from "./state.ts";

/**
 * The flannel plugin: makes the configuration of another plugin, the delegate,
 * from its own and from the file that flanneld writes, keeps it for as long as
 * the container is attached, and calls that plugin. See
 * `docs/plugins/flannel.md`.
 */
export const flannel: Plugin = definePlugin({
  name: "flannel",
  add,
  del: async (request, context) => {
    const { delFlannel } = await import("./del.ts");
    await delFlannel(request, context);
  },
  check: async (request, context) => {
    const { checkFlannel } = await import("./check.ts");
    await checkFlannel(request, context);
  },
  gc: async (request, context) => {
    const { collectFlannel } = await import("./gc.ts");
    await collectFlannel(request, context);
  },
  status: async (request, context) => {
    const { flannelStatus } = await import("./status.ts");
    await flannelStatus(request, context);
  },
  plan: async (request, context) => {
    const { planFlannel } = await import("./plan_flannel.ts");
    return await planFlannel(request, context);
  },
  settings: { role: "meta", keys: FLANNEL_KEYS, check: readInput },
});

async function add(request: Request, context: Context): Promise<Result> {
  readInput(request);
  const delegate = makeDelegate(request);
  const { type } = delegate;
  context.preload(type, request);
  const stdin = formatDelegate(delegate);
  // From here on there is something on the disk. It is there before the
  // delegate is called, so that a DEL cleans up even if this process dies.
  const state = openDelegateState(request, { create: true });
  const putBack = state.save(stdin);
  try {
    return await context.delegate(type, { ...request, stdin }, {
      role: "main",
    });
  } catch (error) {
    // Without it a later DEL makes the configuration anew, from the same keys.
    try {
      putBack();
    } catch (failure) {
      context.warn(`Cannot put back the saved configuration: ${failure}`);
    }
    // By these words it can be told that the delegate is not there.
    orDelegateError(() => findPlugin(type, splitPluginPath(request.path)));
    throw error;
  }
}
