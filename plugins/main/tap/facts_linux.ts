import { readLink, type Run } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { requireFreeName } from "../../shared/mod.ts";
import type { TapConfig } from "./config.ts";

/**
 * Refuses what cannot be done in the container whatever the addresses will be.
 *
 * @throws {CniError} Code 7 if the bridge is not there, code 8 if there is no
 * sandbox or it is the plugin's own namespace, code 999 if the interface's name
 * is taken in it.
 */
export async function checkSandbox(
  request: Request,
  { bridge }: TapConfig,
  run: Run,
): Promise<void> {
  const { netns } = request;
  await requireFreeName(request, "tap", run);
  if (bridge === undefined) return;
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
