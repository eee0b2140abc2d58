import { type IpStep, ipStep, netnsWord } from "../../lib/linux/mod.ts";

/** A veth pair, with all that has to be unique chosen beforehand. */
export interface VethPair {
  /** The end in the host. */
  readonly hostName: string;
  readonly hostMac: string;
  /** The end in the container. */
  readonly ifname: string;
  readonly containerMac: string;
  /** Path of the container's network namespace. */
  readonly netns: string;
  /** Of both ends; 0 is the kernel's default. */
  readonly mtuBytes: number;
}

/** The step that makes a veth pair; its undo takes all that is on it along. */
export function vethStep(
  { hostName, hostMac, ifname, containerMac, netns, mtuBytes }: VethPair,
): IpStep {
  const mtu = mtuBytes > 0 ? ["mtu", mtuBytes] : [];
  return {
    ...ipStep("host", `make the veth pair "${hostName}" and "${ifname}"`, [
      ...["link", "add", "name", hostName, ...mtu, "txqueuelen", 0],
      ...["address", hostMac, "type", "veth", "peer", "name", ifname],
      ...[...mtu, "address", containerMac, "netns", netnsWord(netns)],
    ]),
    undo: ["link", "del", "dev", hostName],
  };
}
