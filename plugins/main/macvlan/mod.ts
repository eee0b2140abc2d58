/**
 * The macvlan plugin: an interface of the container's that shares a link of the
 * host, with a hardware address of its own. See `docs/plugins/macvlan.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import { defineInterfacePlugin, MAC_CAPABILITY } from "../../shared/mod.ts";
import { MACVLAN_KEYS, parseMacvlanConfig } from "./config.ts";
import { designMacvlan } from "./design.ts";
import { firstNameOf } from "./first_name.ts";
import { lookForMaster, requireMaster } from "./master_linux.ts";

/** The macvlan plugin. */
export const macvlan: Plugin = defineInterfacePlugin({
  name: "macvlan",
  noun: "macvlan",
  linkKind: "macvlan",
  ignoresIpamDns: true,
  parse: parseMacvlanConfig,
  look: lookForMaster,
  design: designMacvlan,
  isOwn: ({ name, kind }, request) =>
    kind === "macvlan" && name === firstNameOf(request),
  compare: async (found) => {
    const { compareMacvlan } = await import("./compare_linux.ts");
    await compareMacvlan(found);
  },
  trial: ({ mode }) => ({
    lines: "link add name v0 type veth peer name v1\n" +
      `link add link v0 name m0 type macvlan mode ${mode}\n`,
    what: "macvlan links",
  }),
  require: async (config, run) => {
    // A container's master is not known before the container is.
    if (config.linkInContainer) return;
    await requireMaster(config, { netns: "", run });
  },
  settings: {
    role: "main",
    keys: MACVLAN_KEYS,
    capabilities: MAC_CAPABILITY,
    check: parseMacvlanConfig,
  },
});
