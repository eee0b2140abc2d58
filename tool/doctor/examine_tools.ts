import { ProgramMissingError, type Run } from "../../lib/linux/mod.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** A program, how to ask it for its version, and what is unavailable without it. */
interface Tool {
  readonly program: string;
  readonly args: readonly string[];
  /** Absent if nothing works without it. */
  readonly use?: string;
}

const TOOLS: readonly Tool[] = [
  { program: "ip", args: ["-V"] },
  { program: "nsenter", args: ["--version"] },
  { program: "unshare", args: ["--version"] },
  { program: "bridge", args: ["-V"], use: "VLANs of bridge ports" },
  { program: "tc", args: ["-V"], use: "bandwidth" },
  { program: "iptables", args: ["--version"], use: "masquerade by iptables" },
  { program: "ip6tables", args: ["--version"], use: "masquerade by iptables" },
  {
    program: "nft",
    args: ["--version"],
    use: "masquerade by nftables and macspoofchk",
  },
];

/** What portmap cannot do otherwise, since Deno speaks to no kernel socket. */
const CONNTRACK: Tool = {
  program: "conntrack",
  args: ["--version"],
  use: "end to stale UDP connections of published ports, so that clients may " +
    "stay with a container that is gone (portmap)",
};

/**
 * Looks for the programs that plugins run, and for the right to use them.
 *
 * @param types The plugins of all networks: some programs are for one alone.
 */
export async function examineTools(
  run: Run,
  types: readonly string[],
): Promise<readonly Diagnosis[]> {
  const tools = types.includes("portmap") ? [...TOOLS, CONNTRACK] : TOOLS;
  return await Promise.all([
    examineRights(run),
    ...tools.map((tool) => examineTool(tool, run)),
  ]);
}

async function examineRights(run: Run): Promise<Diagnosis> {
  const { stdout } = await run({ program: "id", args: ["-u"] });
  return stdout.trim() === "0" ? { status: "ok", text: "run by root" } : {
    status: "failure",
    text: "not run by root: plugins may not change the network",
    remedy: "run it with sudo",
  };
}

async function examineTool(
  { program, args, use }: Tool,
  run: Run,
): Promise<Diagnosis> {
  try {
    const { stdout, stderr } = await run({ program, args });
    const [version = ""] = (stdout || stderr).trim().split("\n");
    return { status: "ok", text: version || program };
  } catch (error) {
    if (!(error instanceof ProgramMissingError)) throw error;
    const remedy = error.details.split(": ").at(-1) ?? "install it";
    return use === undefined
      ? { status: "failure", text: `${program} is missing`, remedy }
      : {
        status: "warning",
        text: `${program} is missing: there is no ${use}`,
        remedy,
      };
  }
}
