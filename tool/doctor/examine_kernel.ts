import {
  ProgramMissingError,
  reasonOf,
  type Run,
} from "../../lib/linux/mod.ts";
import { isIptablesUsable, isNftablesUsable } from "../../lib/firewall/mod.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** Something that links can do, and the lines for `ip` that try it. */
interface Feature {
  readonly name: string;
  readonly lines: readonly string[];
  readonly isNeeded: boolean;
}

const FEATURES: readonly Feature[] = [
  {
    name: "bridges and veth pairs",
    lines: [
      "link add name b0 type bridge",
      "link add name v0 type veth peer name v1",
      "link set dev v0 master b0",
    ],
    isNeeded: true,
  },
  {
    name: "VLAN filtering (keys vlan and vlanTrunk of bridge)",
    lines: ["link add name b0 type bridge vlan_filtering 1"],
    isNeeded: false,
  },
];

/**
 * Tries what plugins need of the kernel, in network namespaces that end with
 * the trial: nothing of the host is changed.
 */
export async function examineKernel(run: Run): Promise<readonly Diagnosis[]> {
  return await Promise.all([
    ...FEATURES.map((feature) => examineFeature(feature, run)),
    examineMasquerade("iptables", () => isIptablesUsable(run)),
    examineMasquerade("nftables", () => isNftablesUsable(run)),
  ]);
}

async function examineFeature(
  { name, lines, isNeeded }: Feature,
  run: Run,
): Promise<Diagnosis> {
  const status = isNeeded ? "failure" : "warning";
  try {
    const output = await run({
      program: "unshare",
      args: ["--net", "--", "ip", "-batch", "-"],
      stdin: lines.map((line) => `${line}\n`).join(""),
    });
    if (output.status === 0) return { status: "ok", text: name };
    const reason = reasonOf(output.stderr);
    const text = `${name}: unavailable: ${reason}`;
    return { status, text, remedy: "be root, on a kernel that has this" };
  } catch (error) {
    if (!(error instanceof ProgramMissingError)) throw error;
    const text = `${name} cannot be tried: ${error.program} is missing`;
    return { status, text, remedy: "see above" };
  }
}

async function examineMasquerade(
  backend: string,
  isUsable: () => Promise<boolean>,
): Promise<Diagnosis> {
  if (await isUsable()) return { status: "ok", text: `NAT by ${backend}` };
  return {
    status: "warning",
    text: `NAT by ${backend}: unavailable`,
    remedy: `needed for ipMasq with ipMasqBackend "${backend}": install ` +
      "the package and load the kernel's modules",
  };
}
