import { reasonOf, runCommand } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { notAvailable, tryCommand, tryOnce } from "../../shared/probe/mod.ts";
import { parseSbrConfig } from "./config.ts";

/**
 * Finds out whether an ADD could be served: the configuration, and a kernel
 * that chooses routes by rules (CNI 1.1.0, section 2, "STATUS").
 *
 * @throws {CniError} Code 50 with the reason, code 7 for the configuration.
 */
export async function sbrStatus({ config }: Request): Promise<void> {
  parseSbrConfig(config);
  await tryOnce("rules of routing", requireRules);
}

async function requireRules(): Promise<void> {
  const command = { program: "ip", args: ["rule", "show"] };
  const { status, stderr } = await tryCommand("sbr", runCommand, command);
  if (status === 0) return;
  throw notAvailable(
    "sbr",
    `the kernel does not choose routes by rules: ${reasonOf(stderr)}`,
  );
}
