import { type Link, type Run } from "../../../lib/linux/mod.ts";

/**
 * Takes an alternative name off a link that is to have it as its name: the
 * kernel refuses to rename a link to a name that it has already. udev gives a
 * link that is renamed its first name in this way.
 *
 * @param run Runs commands where the link is.
 */
export async function freeOwnName(
  { name, altNames = [] }: Link,
  wanted: string,
  run: Run,
): Promise<void> {
  if (!altNames.includes(wanted)) return;
  const args = ["link", "property", "del", "dev", name, "altname", wanted];
  // If it fails, so does the renaming, which says why.
  await run({ program: "ip", args });
}
