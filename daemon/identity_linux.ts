import { PASSED_ON, programEnvironment, runCommand } from "../lib/linux/mod.ts";
import type { Identity } from "./decline.ts";

/** Prints what a shim says of itself as well. Read by a shell: see `/proc`. */
const SCRIPT = "stat -Lc %d:%i /proc/self/ns/net /proc/self/ns/mnt && pwd\n";

/**
 * Finds out what this process is, as its shims see themselves.
 *
 * @param buildId The build that it belongs to.
 * @throws {Error} If /proc does not tell.
 */
export async function readIdentity(buildId: string): Promise<Identity> {
  const { status, stdout, stderr } = await runCommand({
    program: "sh",
    args: ["-s"],
    stdin: SCRIPT,
  });
  const [net, mnt, cwd = ""] = stdout.split("\n");
  if (status !== 0 || !net || !mnt) {
    throw new Error(
      `Cannot tell this process's namespaces: ${stderr.trim() || status}`,
    );
  }
  const passedOn = programEnvironment();
  const programVariables = Object.fromEntries(
    PASSED_ON.map((name) => [name, passedOn[name] ?? ""]),
  );
  return { buildId, namespaces: { net, mnt }, cwd, programVariables };
}
