import { type Run, runCommand } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { delegateIpam } from "../ipam.ts";
import { notAvailable, requireLinks, requireMasquerade } from "../probe/mod.ts";
import type { InterfaceConfig, InterfaceKind } from "./kind.ts";

/**
 * Finds out whether an ADD could be served: the configuration, the kernel's
 * links, masquerade, what else the kind needs, then the IPAM plugin (CNI 1.1.0,
 * section 2, "STATUS"). Nothing of the host is changed.
 *
 * @throws {CniError} Code 50 with the reason, code 7 for the configuration, or
 * the IPAM plugin's own error.
 */
export async function interfaceStatus<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  { request, context }: {
    readonly request: Request;
    readonly context: Context;
  },
): Promise<void> {
  const config = kind.parseForStatus?.(request) ?? kind.parse(request);
  const run = runCommand;
  const trial = kind.trial?.(config);
  const { ipMasq = false, ipMasqBackend } = config;
  await Promise.all([
    trial && requireLinks(kind.name, { ...trial, run }),
    kind.masquerades &&
    requireMasquerade(kind.name, { ipMasq, ipMasqBackend }, run),
    requireRest(kind, config, run),
  ]);
  await delegateIpam(request, context);
}

/** What is missing now may come: the plugin is not at fault. */
async function requireRest<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  config: Config,
  run: Run,
): Promise<void> {
  try {
    await kind.require?.(config, run);
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    if (error.code === CniCode.NotAvailable) throw error;
    throw notAvailable(kind.name, `${error.message}: ${error.details}`);
  }
}
