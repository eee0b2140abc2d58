import {
  definePlugin,
  type Plugin,
  type Request,
} from "../../../lib/plugin/mod.ts";
import { type Result, resultToJson } from "../../../lib/spec/mod.ts";
import { ADDRESSES_ARGS, ADDRESSES_CAPABILITIES } from "./addresses.ts";
import { parseStaticConfig, STATIC_KEYS } from "./config.ts";

/**
 * The static plugin: an IPAM plugin that keeps no account of addresses, so it
 * has nothing to release or to collect. See `docs/plugins/static.md`.
 */
export const staticIpam: Plugin = definePlugin({
  name: "static",
  add: (request) => Promise.try(add, request),
  check: async (request) => {
    const { checkStatic } = await import("./check.ts");
    checkStatic(request);
  },
  // Not even the configuration is read: it must not keep a container.
  del: () => Promise.resolve(),
  status: (request) => Promise.try(status, request),
  plan: (request) => Promise.try(plan, request),
  settings: {
    role: "ipam",
    keys: STATIC_KEYS,
    capabilities: ADDRESSES_CAPABILITIES,
    args: ADDRESSES_ARGS,
    // Old results need an address.
    check: (request) => resultToJson(add(request), request.config.cniVersion),
  },
});

function add({ config, args }: Request): Result {
  const { ips, routes, dns } = parseStaticConfig(config, args);
  return { ips, routes, ...(dns === undefined ? {} : { dns }) };
}

function status({ config, args }: Request): void {
  parseStaticConfig(config, args);
}

function plan(request: Request) {
  return request.command === "ADD"
    ? { acts: [], result: add(request) }
    : { acts: [] };
}
