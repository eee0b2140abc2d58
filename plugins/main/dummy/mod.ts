/**
 * The dummy plugin: an interface that leads nowhere, for addresses that
 * programs in the container listen on. See `docs/plugins/dummy.md`.
 *
 * @module
 */
import { type IpStep, ipStep } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Plugin, PluginKeys, Request } from "../../../lib/plugin/mod.ts";
import {
  defineInterfacePlugin,
  type Design,
  interfaceSteps,
} from "../../shared/mod.ts";
import { parseDummyConfig } from "./config.ts";

/** The dummy plugin. */
export const dummy: Plugin = defineInterfacePlugin({
  name: "dummy",
  noun: "dummy",
  linkKind: "dummy",
  parse: parseDummyConfig,
  design: designDummy,
  compare: async ({ link: { name, flags } }) => {
    if (flags.includes("UP")) return;
    const { differs } = await import("../../shared/compare/mod.ts");
    throw differs(`interface "${name}"`, "it is down");
  },
  trial: () => ({
    lines: "link add name d0 type dummy\n",
    what: "dummy links",
  }),
});

/** Decides what an ADD does. */
export function designDummy({ netns, ifname }: Request): Design {
  const mac = randomMac();
  return {
    link: [planLink(ifname, mac)],
    interfaces: [{ name: ifname, mac, sandbox: netns }],
    finish: (addressing) => ({ sandbox: interfaceSteps(ifname, addressing) }),
  };
}

function planLink(ifname: string, mac: string): IpStep {
  return {
    ...ipStep("sandbox", `make the dummy "${ifname}"`, [
      ...["link", "add", "name", ifname, "address", mac, "type", "dummy"],
    ]),
    undo: ["link", "del", "dev", ifname],
  };
}

/** Loads what dummy may be told: nothing but what all plugins are told. */
export function loadDummyKeys(): Promise<PluginKeys> {
  return Promise.resolve({
    keys: {},
    check: (request: Request) => {
      parseDummyConfig(request);
    },
  });
}
