import {
  definePlugin,
  type Plugin,
  type Request,
} from "../../../lib/plugin/mod.ts";
import { refuseSmallMtu } from "../ipv6_mtu.ts";
import { addInterface } from "./add_linux.ts";
import { delInterface } from "./del_linux.ts";
import type { InterfaceConfig, InterfaceKind } from "./kind.ts";

/**
 * Makes a plugin that gives containers interfaces of one kind: the whole life
 * of an attachment, around what the kind says of itself.
 */
export function defineInterfacePlugin<Config extends InterfaceConfig, Facts>(
  given: InterfaceKind<Config, Facts>,
): Plugin {
  const { name } = given;
  const kind = withMtuRule(given);
  const { settings } = kind;
  return definePlugin({
    name,
    settings,
    add: (request, context) => addInterface(kind, { request, context }),
    del: (request, context) => delInterface(kind, { request, context }),
    check: async (request, context) => {
      const { checkInterface } = await import("./check_linux.ts");
      await checkInterface(kind, { request, context });
    },
    gc: async (request, context) => {
      const { collectInterfaces } = await import("./gc_linux.ts");
      await collectInterfaces(kind, { request, context });
    },
    status: async (request, context) => {
      const { interfaceStatus } = await import("./status_linux.ts");
      await interfaceStatus(kind, { request, context });
    },
    plan: async (request, context) => {
      const { planInterface } = await import("./plan_linux.ts");
      return await planInterface(kind, { request, context });
    },
  });
}

/** Has every reading of the configuration refuse an MTU too small for IPv6. */
function withMtuRule<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
): InterfaceKind<Config, Facts> {
  const parse = (request: Request) => {
    const config = kind.parse(request);
    refuseSmallMtu(request, config.mtuBytes);
    return config;
  };
  return { ...kind, parse, settings: { ...kind.settings, check: parse } };
}
