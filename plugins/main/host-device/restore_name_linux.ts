import { type Link, reasonOf, type Run } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { matchingLinks } from "./devices.ts";
import { readAllLinks, readSysfs } from "./facts_linux.ts";
import { freeOwnName } from "./free_name_linux.ts";
import { selectorOf } from "./is_own_device.ts";
import { originOf } from "./steps.ts";

/**
 * Gives a device its name back that has returned to the host by itself, as the
 * kernel has it when a container's namespace goes: under the name that it had
 * in the container, or `dev` and a number.
 *
 * Nothing is done where it is not certain which link that is.
 *
 * @throws {CniError} Code 999 if the kernel refuses.
 */
export async function restoreHostName(
  request: Request,
  run: Run,
): Promise<void> {
  const selector = selectorOf(request);
  if (selector === undefined) return;
  const links = await readAllLinks(run);
  const lost = links.filter((link) => isLost(link, request));
  if (lost.length === 0) return;
  const sysfs = await readSysfs(selector, run);
  // It is found by the name that it had, not by the one that it has.
  const { device, ...others } = selector;
  const found = matchingLinks(others, { ...sysfs, links: lost })
    .filter(({ alias, altNames = [] }) =>
      device === undefined || alias === device || altNames.includes(device)
    );
  const [link] = found;
  const origin = link && originOf(link);
  const isClear = found.length === 1 && link !== undefined &&
    origin !== undefined && !links.some(({ name }) => name === origin);
  if (isClear) await rename(link, origin, run);
}

/** Whether a link in the host looks like one that has come back by itself. */
function isLost(link: Link, { ifname }: Request): boolean {
  const { name } = link;
  const origin = originOf(link);
  return origin !== undefined && origin !== name &&
    (name === ifname || /^dev\d+$/.test(name));
}

async function rename(
  link: Link,
  origin: string,
  run: Run,
): Promise<void> {
  const { name } = link;
  await freeOwnName(link, origin, run);
  const set = ["link", "set", "dev", name];
  // Older kernels rename a link only while it is down.
  await run({ program: "ip", args: [...set, "down"] });
  const args = [...set, "name", origin, "alias", ""];
  const { status, stderr } = await run({ program: "ip", args });
  if (status === 0) return;
  const message = `Cannot give "${name}" its name "${origin}" back`;
  throw new CniError(CniCode.Internal, message, { details: reasonOf(stderr) });
}
