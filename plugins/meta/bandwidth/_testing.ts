import type { Request } from "../../../lib/plugin/mod.ts";
import { type JsonObject, parsePluginConfig } from "../../../lib/spec/mod.ts";

/** A request for ADD whose configuration has these keys. */
export function requestWith(
  keys: JsonObject = {},
  call: Partial<Omit<Request, "config">> = {},
): Request {
  const object = {
    ...{ cniVersion: "1.1.0", name: "net1", type: "bandwidth" },
    ...keys,
  };
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
