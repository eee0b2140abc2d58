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
import { tryOnce } from "./trials.ts";

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
  await tryOnce(`links\n${lines}`, async () => {
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
  });
}

/**
 * Looks whether masquerade rules can be made, if they are to be.
 *
 * @throws {CniError} Code 50 with the reason.
 */
export async function requireMasquerade(
  plugin: string,
  { ipMasq, ipMasqBackend: backend }: MasqueradeKeys,
  run: Run,
): Promise<void> {
  if (!ipMasq) return;
  const remedy = "install the package and load the kernel's modules, or set " +
    "ipMasq to false";
  await requireBackend({ backend, run }, (backends) =>
    notAvailable(
      plugin,
      `ipMasq is true, but ${backends} cannot be used: ${remedy}`,
    ));
}

/** Programs that set firewall rules. */
type Backend = NonNullable<MasqueradeKeys["ipMasqBackend"]>;

/**
 * Looks whether a backend of the firewall can be used: the one that is
 * configured, or either.
 *
 * @param refuse Makes the error, of the backends' names.
 * @throws What `refuse` makes.
 */
export async function requireBackend(
  { backend, run }: {
    readonly backend: Backend | undefined;
    readonly run: Run;
  },
  refuse: (backends: string) => CniError,
): Promise<void> {
  const probes = { iptables: isIptablesUsable, nftables: isNftablesUsable };
  const backends = backend === undefined
    ? ["iptables", "nftables"] as const
    : [backend];
  const names = backends.join(" and ");
  await tryOnce(`backends\n${names}`, async () => {
    for (const one of backends) {
      if (await probes[one](run)) return;
    }
    throw refuse(names);
  });
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
