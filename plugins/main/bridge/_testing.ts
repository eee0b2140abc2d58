import { parseCidr } from "../../../lib/net/mod.ts";
import type { Link, LinkAddress } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { type JsonObject, parsePluginConfig } from "../../../lib/spec/mod.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";

/** A request for ADD whose configuration has these keys. */
export function requestWith(
  keys: JsonObject = {},
  call: Partial<Omit<Request, "config">> = {},
): Request {
  const object = { cniVersion: "1.1.0", name: "net1", type: "bridge", ...keys };
  return {
    command: "ADD",
    containerId: "c1",
    netns: "/run/netns/c1",
    ifname: "eth0",
    args: "",
    path: "/opt/cni/bin",
    netnsOverride: "",
    stdin: JSON.stringify(object),
    ...call,
    config: parsePluginConfig(object),
  };
}

/** The configuration that these keys make. */
export function configWith(keys: JsonObject = {}): BridgeConfig {
  return parseBridgeConfig(requestWith(keys));
}

/** A bridge that is up, with addresses in CIDR notation. */
export function bridgeWith(
  addresses: readonly string[] = [],
  more: Partial<Link> = {},
): Link {
  return {
    name: "cni0",
    index: 7,
    kind: "bridge",
    mac: "02:00:00:00:00:b0",
    mtuBytes: 1500,
    operState: "UP",
    flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
    promiscuity: 0,
    addresses: addresses.map(linkAddress),
    alias: "",
    vlans: { isFiltering: false, defaultId: 1 },
    ...more,
  };
}

function linkAddress(text: string): LinkAddress {
  const scope = text.startsWith("fe80:") ? "link" : "global";
  const cidr = parseCidr(text);
  return { cidr, scope, isTentative: false, isDuplicate: false };
}
