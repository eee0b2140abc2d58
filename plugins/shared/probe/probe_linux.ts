import {
  type Output,
  ProgramMissingError,
  reasonOf,
  type Run,
} from "../../../lib/linux/mod.ts";
import {
  isIptablesUsable,
  isNftablesUsable,
} from "../../../lib/firewall/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { MasqueradeKeys } from "../masquerade_keys.ts";

/**
 * Tries `ip` lines in a network namespace that ends with the trial.
 *
 * @param lines Input of `ip -batch -`.
 * @param what What they need, to follow "do not allow".
 * @throws {CniError} Code 50 with the reason.
 */
export async function requireLinks(
  plugin: string,
  { lines, what, run }: { lines: string; what: string; run: Run },
): Promise<void> {
  const { status, stderr } = await tryCommand(plugin, run, {
    program: "unshare",
    args: ["--net", "--", "ip", "-batch", "-"],
    stdin: lines,
  });
  if (status === 0) return;
  throw notAvailable(
    plugin,
    `the kernel, or this program's rights in it, do not allow ${what}: ` +
      reasonOf(stderr),
  );
}

/**
 * Looks whether masquerade rules can be made, if they are to be.
 *
 * @throws {CniError} Code 50 with the reason.
 */
export async function requireMasquerade(
  plugin: string,
  { ipMasq, ipMasqBackend }: MasqueradeKeys,
  run: Run,
): Promise<void> {
  if (!ipMasq) return;
  const probes = {
    iptables: () => isIptablesUsable(run),
    nftables: () => isNftablesUsable(run),
  };
  const backends = ipMasqBackend === undefined
    ? ["iptables", "nftables"] as const
    : [ipMasqBackend];
  for (const backend of backends) {
    if (await probes[backend]()) return;
  }
  throw notAvailable(
    plugin,
    `ipMasq is true, but ${backends.join(" and ")} cannot be used: install ` +
      "the package and load the kernel's modules, or set ipMasq to false",
  );
}

/**
 * Runs a command of a STATUS.
 *
 * @throws {CniError} Code 50 if its program is missing.
 */
export async function tryCommand(
  plugin: string,
  run: Run,
  command: Parameters<Run>[0],
): Promise<Output> {
  try {
    return await run(command);
  } catch (error) {
    if (!(error instanceof ProgramMissingError)) throw error;
    throw notAvailable(plugin, `${error.message}: ${error.details}`);
  }
}

/** The error of a STATUS that has found why an ADD could not be served. */
export function notAvailable(plugin: string, details: string): CniError {
  const message = `The ${plugin} plugin is not available`;
  return new CniError(CniCode.NotAvailable, message, { details });
}
