/**
 * The dummy plugin: an interface that leads nowhere, for addresses that
 * programs in the container listen on. See `docs/plugins/dummy.md`.
 *
 * @module
 */
import { type IpStep, ipStep } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Plugin, Request } from "../../../lib/plugin/mod.ts";
import {
  defineInterfacePlugin,
  type Design,
  interfaceSteps,
} from "../../shared/mod.ts";
import { DUMMY_KEYS, parseDummyConfig } from "./config.ts";

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
  settings: { role: "main", keys: DUMMY_KEYS, check: parseDummyConfig },
});

/** Decides what an ADD does. */
export function designDummy({ netns, ifname }: Request): Design {
  const mac = randomMac();
  return {
    link: [planLink(ifname, mac)],
    interfaces: [{ name: ifname, mac, sandbox: netns }],
    ready: interfaceSteps(ifname, undefined),
    finish: (addressing, { isReady: isUp } = {}) => ({
      sandbox: interfaceSteps(ifname, addressing, { isUp }),
    }),
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
