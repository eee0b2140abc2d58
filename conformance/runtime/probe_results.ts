import { isAtLeast, type JsonObject } from "../../lib/spec/mod.ts";

/** The names of the probe plugins, in the order of the chain. */
export const PROBE_TYPES = ["probe-a", "probe-b", "probe-c"] as const;

/**
 * What the probe at a place of the chain answers to ADD: it takes over what
 * those before it answered and adds an interface with an address, so that the
 * results of all three differ.
 *
 * @param place 0 for the first.
 */
export function probeResult(version: string, place: number): JsonObject {
  const numbers = Array.from({ length: place + 1 }, (_, index) => index);
  const hasFamily = !isAtLeast(version, "1.0.0");
  return {
    cniVersion: version,
    interfaces: numbers.map((number) => ({
      name: `probe${number}`,
      mac: `02:00:00:00:00:0${number + 1}`,
      sandbox: "/run/netns/probe",
    })),
    ips: numbers.map((number) => ({
      ...(hasFamily ? { version: "4" } : {}),
      interface: number,
      address: `192.0.2.${number + 10}/24`,
      gateway: "192.0.2.1",
    })),
    routes: [{ dst: "198.51.100.0/24", gw: "192.0.2.1" }],
    dns: { nameservers: ["192.0.2.53"], search: [`place${place}.example`] },
  };
}
