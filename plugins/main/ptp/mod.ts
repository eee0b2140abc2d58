/**
 * The ptp plugin: a veth pair between the container and the host, which routes
 * between them. See `docs/plugins/ptp.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import { defineInterfacePlugin } from "../../shared/mod.ts";
import { parsePtpConfig, PTP_KEYS } from "./config.ts";
import { designPtp } from "./design.ts";

/** The ptp plugin. */
export const ptp: Plugin = defineInterfacePlugin({
  name: "ptp",
  noun: "veth",
  linkKind: "veth",
  masquerades: true,
  hasHostEnd: true,
  parse: parsePtpConfig,
  design: designPtp,
  compare: async (found) => {
    const { comparePtp } = await import("./compare_linux.ts");
    await comparePtp(found);
  },
  compared: () => [
    ["the other end of the pair", "ip -j -d addr show"],
    ["routes of the host", "ip -j route show table all"],
  ],
  trial: () => ({
    lines: "link add name v0 type veth peer name v1\n",
    what: "veth pairs",
  }),
  settings: { role: "main", keys: PTP_KEYS, check: parsePtpConfig },
});
