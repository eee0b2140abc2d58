/**
 * The ptp plugin: a veth pair between the container and the host, which routes
 * between them. See `docs/plugins/ptp.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { startAdd, startDel } from "./start_linux.ts";
import { parsePtpConfig, PTP_KEYS } from "./config.ts";

/** The ptp plugin. */
export const ptp: Plugin = definePlugin({
  name: "ptp",
  add: startAdd,
  del: startDel,
  check: async (request, context) => {
    const { checkPtp } = await import("./check_linux.ts");
    await checkPtp(request, context);
  },
  gc: async (request, context) => {
    const { collectPtp } = await import("./gc_linux.ts");
    await collectPtp(request, context);
  },
  status: async (request, context) => {
    const { ptpStatus } = await import("./status_linux.ts");
    await ptpStatus(request, context);
  },
  plan: async (request, context) => {
    const { planCommand } = await import("./plan_linux.ts");
    return await planCommand(request, context);
  },
  settings: { role: "main", keys: PTP_KEYS, check: parsePtpConfig },
});
