import { runCommand } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { notAvailable, tryOnce } from "../../shared/probe/mod.ts";
import { requireAllowed } from "./allow_list.ts";
import { isIdle, parseTuningConfig } from "./config.ts";
import { openTuningState } from "./state.ts";

/** What an ADD starts. */
const PROGRAMS = ["nsenter", "ip", "grep"];

/**
 * Finds out whether an ADD could be served: the configuration, the
 * administrator's file, the folder of state and the programs (CNI 1.1.0,
 * section 2, "STATUS").
 *
 * @throws {CniError} Code 7 for the configuration, code 50 for a program that
 * is missing.
 */
export async function tuningStatus(request: Request): Promise<void> {
  const config = parseTuningConfig(request);
  requireAllowed(config.sysctls);
  openTuningState(request);
  if (isIdle(config)) return;
  await tryOnce(`programs\n${PROGRAMS}`, requirePrograms);
}

async function requirePrograms(): Promise<void> {
  const stdin = PROGRAMS.map((one) => `command -v ${one} || echo "no ${one}"\n`)
    .join("");
  const { stdout } = await runCommand({ program: "sh", args: ["-s"], stdin });
  const missing = [...stdout.matchAll(/^no (\w+)$/gm)].map(([, one]) => one);
  if (missing.length === 0) return;
  throw notAvailable(
    "tuning",
    `it needs ${missing.join(", ")}: install the Debian packages util-linux, ` +
      "iproute2 and grep",
  );
}
