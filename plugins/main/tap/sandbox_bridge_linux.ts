import { readLink } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { LookTools } from "../../shared/mod.ts";
import type { TapConfig } from "./config.ts";

/**
 * Refuses a bridge that is not in the container.
 *
 * @throws {CniError} Code 7.
 */
export async function requireSandboxBridge(
  { netns }: Request,
  { config: { bridge }, run, requireFreeName }: LookTools<TapConfig>,
): Promise<void> {
  if (bridge === undefined) return;
  // Before a look into a namespace that may be none.
  await requireFreeName();
  const link = await readLink(bridge, { run, netns });
  if (link?.kind === "bridge") return;
  const found = link === undefined
    ? "which is not"
    : `which is a ${link.kind || "physical"} link`;
  throw new CniError(CniCode.InvalidConfig, "Cannot use bridge", {
    details: `bridge is "${bridge}", ${found} in ${netns}: expected a bridge ` +
      "that another plugin has made in the container",
  });
}
