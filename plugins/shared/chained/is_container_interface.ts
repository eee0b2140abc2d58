import type { Interface } from "../../../lib/spec/mod.ts";

/**
 * Whether an interface of a result is the container's: an interface of the host
 * may have the same name, but no sandbox.
 *
 * @param ifname The interface's name in the container.
 */
export function isContainerInterface(
  { name, sandbox }: Interface,
  ifname: string,
): boolean {
  return name === ifname && Boolean(sandbox);
}
