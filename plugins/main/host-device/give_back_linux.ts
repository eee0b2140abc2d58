import {
  hostNetnsWord,
  inSandbox,
  type Link,
  readLink,
  reasonOf,
  type Run,
  sandboxText,
  saysLinkIsMissing,
} from "../../../lib/linux/mod.ts";
import type { Context, PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { GiveBack } from "../../shared/mod.ts";
import { readAllLinks } from "./facts_linux.ts";
import { freeOwnName } from "./free_name_linux.ts";
import { selectorOf } from "./is_own_device.ts";
import { originOf, returnWords } from "./steps.ts";

/**
 * Gives the device back to the host, under the name that it had there. What is
 * done already is not an error. A link that does not have the name of one in
 * the host as its alias is of another origin, and stays.
 */
export const GIVE_BACK: GiveBack = {
  act: async (request, { link, context, run }) => {
    if (link === undefined) return await restoreName(request, run);
    const origin = originOf(link);
    if (origin === undefined) return;
    await giveBack(link, origin, { netns: request.netns, context, run });
    if (isNamedByIt(request)) await nameAgain(request.ifname, origin, run);
  },
  plan: planReturn,
};

function planReturn(
  { netns }: Request,
  link: Link,
): PlannedAct | undefined {
  const origin = originOf(link);
  if (origin === undefined) return undefined;
  const words = `ip link set dev ${link.name} name ${origin} alias "" ` +
    "netns /proc/1/ns/net";
  return {
    purpose: `give "${link.name}" back to the host as "${origin}"`,
    command: sandboxText(words, netns),
  };
}

/**
 * Whether the device goes by the container's name for it in the host, too: as
 * an alternative name, which it cannot keep while it is its name.
 */
function isNamedByIt(request: Request): boolean {
  return selectorOf(request)?.device === request.ifname;
}

/** Gives the device back what `planMove` has taken off. */
async function nameAgain(
  altName: string,
  origin: string,
  run: Run,
): Promise<void> {
  if (altName === origin) return;
  const args = ["link", "property", "add", "dev", origin, "altname", altName];
  // Another link may have the name by now; the device is back all the same.
  await run({ program: "ip", args });
}

interface Tools {
  readonly netns: string;
  readonly context: Context;
  readonly run: Run;
}

async function giveBack(
  link: Link,
  origin: string,
  { netns, context, run }: Tools,
): Promise<void> {
  const { name: ifname } = link;
  const isTaken = await readLink(origin, { run }) !== undefined;
  const inside: Run = (command) => run(inSandbox(command, netns));
  await freeOwnName(link, origin, inside);
  const args = returnWords(
    { ifname, origin, isTaken },
    await hostNetnsWord(run),
  );
  const { status, stderr } = await inside({ program: "ip", args });
  if (status !== 0 && !saysLinkIsMissing(stderr)) {
    const message = `Cannot give "${ifname}" back to the host`;
    throw new CniError(CniCode.Internal, message, {
      details: `it was "${origin}" there: ${reasonOf(stderr)}`,
    });
  }
  if (!isTaken) return;
  const names = (await readAllLinks(run))
    .filter(({ name, alias }) => alias === origin && name !== origin)
    .map(({ name }) => `"${name}"`).join(" or ");
  context.warn(
    `the host has another link "${origin}", so the device is ${names} now: ` +
      "give it a name of its own",
  );
}

/** See `restore_name_linux.ts`: it is loaded for what seldom happens. */
async function restoreName(request: Request, run: Run): Promise<void> {
  const { restoreHostName } = await import("./restore_name_linux.ts");
  await restoreHostName(request, run);
}
