import {
  isIptablesUsable,
  isNftablesUsable,
  ProgramMissingError,
  reasonOf,
  type Run,
  runCommand,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";
import { isVlanFiltering } from "./vlan.ts";

/**
 * Finds out whether an ADD could be served: the configuration, the tools, the
 * kernel's features, then the IPAM plugin (CNI 1.1.0, section 2, "STATUS").
 * Nothing of the host is changed: features are tried in a namespace that ends
 * with the trial.
 *
 * @throws {CniError} Code 50 with the reason, or the IPAM plugin's own error.
 */
export async function bridgeStatus(
  request: Request,
  context: Context,
): Promise<void> {
  const config = parseBridgeConfig(request);
  const run = runCommand;
  await Promise.all([
    requireLinks(config, run),
    config.ipMasq ? requireMasquerade(config, run) : undefined,
    config.macSpoofCheck ? requireSpoofCheck(run) : undefined,
  ]);
  if (config.ipamType !== undefined) {
    await context.delegate(config.ipamType, request);
  }
}

async function requireLinks({ vlans }: BridgeConfig, run: Run): Promise<void> {
  const filtering = isVlanFiltering(vlans) ? " vlan_filtering 1" : "";
  const stdin = `link add name b0 type bridge${filtering}\n` +
    "link add name v0 type veth peer name v1\nlink set dev v0 master b0\n";
  const { status, stderr } = await tried(run, {
    program: "unshare",
    args: ["--net", "--", "ip", "-batch", "-"],
    stdin,
  });
  if (status === 0) return;
  const what = filtering === "" ? "bridges and veth pairs" : "VLAN filtering";
  throw notAvailable(
    `the kernel, or this program's rights in it, do not allow ${what}: ` +
      reasonOf(stderr),
  );
}

async function requireMasquerade(
  { ipMasqBackend }: BridgeConfig,
  run: Run,
): Promise<void> {
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
    `ipMasq is true, but ${backends.join(" and ")} cannot be used: install ` +
      "the package and load the kernel's modules, or set ipMasq to false",
  );
}

async function requireSpoofCheck(run: Run): Promise<void> {
  const stdin = "add table bridge nat\n";
  const args = ["--check", "-f", "-"];
  const { status, stderr } = await tried(run, { program: "nft", args, stdin });
  if (status === 0) return;
  throw notAvailable(
    "macspoofchk is true, but nft cannot filter bridges: " + reasonOf(stderr),
  );
}

/** Runs a command; a program that is missing makes the plugin unavailable. */
async function tried(
  run: Run,
  command: Parameters<Run>[0],
): ReturnType<Run> {
  try {
    return await run(command);
  } catch (error) {
    if (!(error instanceof ProgramMissingError)) throw error;
    throw notAvailable(`${error.message}: ${error.details}`);
  }
}

function notAvailable(details: string): CniError {
  const message = "The bridge plugin is not available";
  return new CniError(CniCode.NotAvailable, message, { details });
}
