import { reasonOf, runCommand } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { parseSbrConfig } from "./config.ts";

/**
 * Finds out whether an ADD could be served: the configuration, and a kernel
 * that chooses routes by rules (CNI 1.1.0, section 2, "STATUS").
 *
 * @throws {CniError} Code 50 with the reason, code 7 for the configuration.
 */
export async function sbrStatus({ config }: Request): Promise<void> {
  parseSbrConfig(config);
  const args = ["rule", "show"];
  const { status, stderr } = await runCommand({ program: "ip", args });
  if (status === 0) return;
  const message = "The sbr plugin is not available";
  throw new CniError(CniCode.NotAvailable, message, {
    details: `the kernel does not choose routes by rules: ${reasonOf(stderr)}`,
  });
}
