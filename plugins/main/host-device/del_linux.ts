import {
  inSandbox,
  type Link,
  readLink,
  reasonOf,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { delegateIpam, throwFirst } from "../../shared/mod.ts";
import { readAllLinks } from "./facts_linux.ts";
import { originOf, returnWords } from "./plan.ts";

/** What was begun before this file was loaded. */
export interface DelStart {
  /** Runs commands in shells that stay. */
  readonly run: Run;
  /** The sandbox's links; none if it is gone, or was not given. */
  readonly sandbox: Promise<readonly Link[]>;
}

/**
 * Gives the device back to the host, under the name that it had there, then
 * releases the addresses (CNI 1.1.0, section 2, "DEL"). What is done already is
 * no error, and neither part keeps the other from being done.
 *
 * A link that does not bear the name of one in the host is somebody else's.
 */
export async function delHostDevice(
  request: Request,
  context: Context,
  { run, sandbox }: DelStart,
): Promise<void> {
  const link = (await sandbox).find(({ name }) => name === request.ifname);
  const origin = link && originOf(link);
  const device = link === undefined
    ? await Promise.allSettled([restoreName(request, run)])
    : origin === undefined
    ? []
    : await Promise.allSettled([giveBack(origin, request, { context, run })]);
  const ipam = await Promise.allSettled([delegateIpam(request, context)]);
  throwFirst([...device, ...ipam]);
}

interface Tools {
  readonly context: Context;
  readonly run: Run;
}

async function giveBack(
  origin: string,
  { netns, ifname }: Request,
  { context, run }: Tools,
): Promise<void> {
  const isTaken = await readLink(origin, { run }) !== undefined;
  const args = returnWords({ ifname, origin, isTaken }, Deno.pid);
  const command = inSandbox({ program: "ip", args }, netns);
  const { status, stderr } = await run(command);
  if (status !== 0 && !/Cannot find device/.test(stderr)) {
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
