import { randomMac } from "../../lib/net/mod.ts";
import {
  type JsonObject,
  type Result,
  resultToJson,
} from "../../lib/spec/mod.ts";
import type { StageNetns, StageSandbox } from "../suite/mod.ts";

/** Which link is made where. */
export interface PreviousOptions {
  /** Its name on the host. */
  readonly hostName: string;
  /** From 1 to 254; makes its addresses differ from those of others. */
  readonly number: number;
  /** The version that its result is written in. */
  readonly version: string;
}

/** $1 host's name, $2 and $3 MAC addresses, $4 ifname, $5 netns, $6 number. */
const SCRIPT = `
netns=$5
inside() { nsenter --net="$netns" -- ip "$@"; }
ip link add "$1" address "$2" type veth peer name "$4" address "$3" netns "$netns"
ip link set "$1" up
inside link set lo up
inside link set "$4" up
ip address add "10.90.$6.1/24" dev "$1"
inside address add "10.90.$6.2/24" dev "$4"
inside route add default via "10.90.$6.1"
[ -e /proc/sys/net/ipv6/conf/all ] || exit 0
ip address add "fd00:90:$6::1/64" dev "$1" nodad
inside address add "fd00:90:$6::2/64" dev "$4" nodad
echo ipv6
`;

/**
 * Does in a container what an interface plugin does: a pair of links, addresses
 * of both families where the kernel has both, and a default route.
 *
 * @returns Its result.
 * @throws {Error} If the kernel refuses.
 */
export async function addPrevious(
  host: StageNetns,
  { path, ifname }: Pick<StageSandbox, "path" | "ifname">,
  { hostName, number, version }: PreviousOptions,
): Promise<JsonObject> {
  const [hostMac, mac] = [randomMac(), randomMac()];
  const words = [hostName, hostMac, mac, ifname, path, String(number)];
  const { status, stdout, stderr } = await host.run([
    ...["sh", "-ec", SCRIPT, "sh"],
    ...words,
  ]);
  if (status !== 0) throw new Error(`Cannot make a pair of links: ${stderr}`);
  const six = { address: `fd00:90:${number}::2/64`, interface: 1 };
  const result: Result = {
    interfaces: [
      { name: hostName, mac: hostMac },
      { name: ifname, mac, sandbox: path },
    ],
    ips: [
      {
        address: `10.90.${number}.2/24`,
        gateway: `10.90.${number}.1`,
        interface: 1,
      },
      ...(stdout.includes("ipv6") ? [six] : []),
    ],
    routes: [{ dst: "0.0.0.0/0", gw: `10.90.${number}.1` }],
  };
  return resultToJson(result, version);
}
