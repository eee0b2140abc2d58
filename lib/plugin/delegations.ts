import { CniCode, CniError, describe } from "../spec/mod.ts";
import type { Call } from "./call.ts";

/**
 * The variable that keeps {@linkcode Call.delegations} from process to process:
 * it is not of the specification, but other plugins pass on what they do not
 * know. It holds how many calls there were, the attachment that the last one
 * was for, and the plugins that were called for it.
 */
export const DELEGATIONS = "CNI_DELEGATIONS";

/** How deep calls may be nested; three are the most that is of use. */
const MAX_DEPTH = 8;

/**
 * The {@linkcode Call.delegations} of the calls that a plugin makes while it is
 * called itself.
 *
 * @param name The plugin.
 * @throws {CniError} Code 7 if it was called for this attachment already and is
 * still at work, or calls are nested too deep.
 */
export function enterPlugin(
  name: string,
  { delegations = "", containerId, ifname }: Omit<Call, "stdin">,
): string {
  const [depth, last, ...others] = delegations.split(" ");
  const calls = (Number(depth) || 0) + 1;
  const attachment = `${containerId}/${ifname}`;
  const plugins = last === attachment ? others : [];
  if (calls <= MAX_DEPTH && !plugins.includes(name)) {
    return [calls, attachment, ...plugins, name].join(" ");
  }
  const message = `Cannot delegate to ${describe(name)}`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `delegations go round in a circle: ${plugins.join(", ")} came ` +
      "before: ipam.type or delegate.type must not lead back to a plugin",
  });
}
