import { reasonOf, type Run } from "../../../lib/linux/mod.ts";
import { notAvailable, tryCommand, tryOnce } from "../../shared/probe/mod.ts";

/**
 * Looks whether nft can filter bridges. It changes nothing.
 *
 * @throws {CniError} Code 50 with the reason.
 */
export async function requireSpoofCheck(run: Run): Promise<void> {
  const stdin = "add table bridge nat\n";
  const args = ["--check", "-f", "-"];
  await tryOnce("nft of bridges", async () => {
    const command = { program: "nft", args, stdin };
    const { status, stderr } = await tryCommand("bridge", run, command);
    if (status === 0) return;
    throw notAvailable(
      "bridge",
      "macspoofchk is true, but nft cannot filter bridges: " + reasonOf(stderr),
    );
  });
}
