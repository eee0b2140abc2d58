import { parseShown, reasonOf, type Run } from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { PortVlan } from "./port_vlans.ts";

/**
 * Reads the VLANs of a port, or of the bridge itself.
 *
 * @param name The name of either.
 * @throws {CniError} Code 999 if they cannot be read.
 */
export async function readPortVlans(
  name: string,
  run: Run,
): Promise<readonly PortVlan[]> {
  const args = ["-j", "vlan", "show", "dev", name];
  const { status, stdout, stderr } = await run({ program: "bridge", args });
  if (status === 0) {
    const shown = parseShown(stdout).flat() as readonly {
      readonly vlans?: readonly PortVlan[];
    }[];
    return shown.flatMap(({ vlans = [] }) => vlans);
  }
  throw new CniError(CniCode.Internal, `Cannot read the VLANs of "${name}"`, {
    details: reasonOf(stderr),
  });
}
