import {
  inSandbox,
  type Link,
  parseShown,
  readLink,
  type Run,
} from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { LookTools } from "../../shared/mod.ts";
import type { MacvlanConfig } from "./config.ts";

/** Where {@linkcode requireMaster} looks. */
export interface MasterPlace {
  /** The container's network namespace, which may have the master. */
  readonly netns: string;
  /** Runs the commands. */
  readonly run: Run;
}

/**
 * Reads the link to share for an ADD.
 *
 * @throws {CniError} As {@linkcode requireMaster}.
 */
export async function lookForMaster(
  { netns }: Request,
  { config, run, requireFreeName }: LookTools<MacvlanConfig>,
): Promise<Link> {
  // Before a look into a namespace that may be none.
  if (config.linkInContainer) await requireFreeName();
  return await requireMaster(config, { netns, run });
}

/**
 * Reads the link to share, in the host or the container, and refuses what the
 * kernel would not have on it.
 *
 * @throws {CniError} Code 7 if there is no such link, or its MTU is too small.
 */
export async function requireMaster(
  config: MacvlanConfig,
  { netns, run }: MasterPlace,
): Promise<Link> {
  const { mtuBytes, linkInContainer } = config;
  const place = linkInContainer ? { run, netns } : { run };
  const where = linkInContainer ? `the container (${netns})` : "the host";
  const name = config.master ?? await defaultMaster(place);
  if (name === undefined) {
    throw unusable(
      "master",
      `master is absent, and ${where} has no default route that would tell ` +
        "it: name the link to share",
    );
  }
  const link = await readLink(name, place);
  if (link === undefined) {
    throw unusable(
      "master",
      `master is "${name}", which is not in ${where}: name a link that is ` +
        "there; linkInContainer says where to look",
    );
  }
  if (link.flags.includes("LOOPBACK")) {
    throw unusable("master", `master is "${name}", a loopback link`);
  }
  if (mtuBytes <= link.mtuBytes) return link;
  throw unusable(
    "mtu",
    `mtu is ${mtuBytes}: expected 0 to ${link.mtuBytes}, the MTU of the ` +
      `master "${name}"`,
  );
}

/** A route as `ip -j route show` prints it. */
interface KernelRoute {
  readonly dev?: string;
  readonly nexthops?: readonly KernelRoute[];
}

/** The link of the first default route, IPv4's before IPv6's. */
async function defaultMaster(
  { run, netns }: { run: Run; netns?: string },
): Promise<string | undefined> {
  for (const family of ["-4", "-6"]) {
    const args = ["-j", family, "route", "show", "default"];
    const command = { program: "ip", args };
    const { stdout } = await run(
      netns === undefined ? command : inSandbox(command, netns),
    );
    const routes = parseShown(stdout).flat() as readonly KernelRoute[];
    const dev = routes.flatMap((route) => [route, ...route.nexthops ?? []])
      .find((hop) => hop.dev !== undefined)?.dev;
    if (dev !== undefined) return dev;
  }
  return undefined;
}

function unusable(key: string, details: string): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, { details });
}
