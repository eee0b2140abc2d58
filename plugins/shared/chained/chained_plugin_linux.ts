import {
  type Context,
  definePlugin,
  type Plugin,
  type PluginSettings,
  type Request,
} from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { acting } from "./acting_linux.ts";
import type { Collection } from "./collection_linux.ts";
import type { Executor } from "./executor.ts";

/** A verb, or what imports it on first use. */
export type Load<T> = () => T | Promise<T>;

/** A verb that returns nothing. */
export type Verb = (request: Request, executor: Executor) => Promise<void>;

/** A plugin that comes after others in a list, by what only it knows. */
export interface ChainedPlugin {
  readonly name: string;
  /** The versions of the specification that it accepts; all when absent. */
  readonly versions?: readonly string[];
  /** Does its part of an ADD; the result is that of the plugins before, too. */
  add(request: Request, executor: Executor): Promise<Result>;
  /** Loads what takes its part back, if there is anything left of it. */
  readonly del: Load<Verb>;
  /** Loads what verifies its part. */
  readonly check: Load<Verb>;
  /** Loads what removes stale attachments' parts, if they can outlive these. */
  readonly gc?: Load<
    (request: Request, collection: Collection) => Promise<void>
  >;
  /** Loads what throws if an ADD could not be served now, if that can be. */
  readonly status?: Load<(request: Request) => Promise<void>>;
  /** What it may be configured with. */
  readonly settings: PluginSettings;
}

/**
 * Makes a plugin of what only it knows. Its plan is what its verbs decide, but
 * do not do.
 */
export function defineChained(
  { name, versions, add, del, check, gc, status, settings }: ChainedPlugin,
): Plugin {
  const detach = onFirstUse(del);
  const verify = onFirstUse(check);
  return definePlugin({
    name,
    settings,
    ...(versions === undefined ? {} : { versions }),
    add: (request, context) =>
      acting(request, context, (executor) => add(request, executor)),
    del: (request, context) =>
      acting(request, context, (executor) => detach(request, executor)),
    check: (request, context) =>
      acting(request, context, (executor) => verify(request, executor)),
    ...(gc === undefined ? {} : {
      gc: async (request: Request, context: Context) => {
        const { collectStale } = await import("./collection_linux.ts");
        await collectStale(request, context, await gc());
      },
    }),
    ...(status === undefined ? {} : {
      status: async (request: Request) => await (await status())(request),
    }),
    plan: async (request) => {
      const verbs = new Map<string, typeof add | Verb>([
        ["ADD", add],
        ["DEL", detach],
      ]);
      const verb = verbs.get(request.command) ?? verify;
      const { planning } = await import("./planning_linux.ts");
      return await planning(request, (executor) => verb(request, executor));
    },
  });
}

function onFirstUse(load: Load<Verb>): Verb {
  return async (request, executor) => await (await load())(request, executor);
}
