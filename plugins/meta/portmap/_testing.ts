import type { Request } from "../../../lib/plugin/mod.ts";
import {
  type JsonObject,
  parsePluginConfig,
  type Result,
} from "../../../lib/spec/mod.ts";
import { parsePortmapConfig, type PortmapConfig } from "./config.ts";
import { type Forwarding, forwardingsOf } from "./forwarding.ts";

/** A request whose configuration has these keys. */
export function requestWith(
  keys: JsonObject = {},
  portMappings?: readonly JsonObject[],
): Request {
  const object: JsonObject = {
    cniVersion: "1.1.0",
    name: "net1",
    type: "portmap",
    ...keys,
    ...(portMappings === undefined ? {} : { runtimeConfig: { portMappings } }),
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
    config: parsePluginConfig(object),
  };
}

/** The configuration that these keys and mappings make. */
export function configWith(
  keys: JsonObject = {},
  portMappings?: readonly JsonObject[],
): PortmapConfig {
  return parsePortmapConfig(requestWith(keys, portMappings));
}

/** A mapping as a runtime passes it on. */
export function mapping(
  hostPort: number,
  containerPort: number,
  more: JsonObject = {},
): JsonObject {
  return { hostPort, containerPort, protocol: "tcp", ...more };
}

/** The result of a plugin that gave the container an address of each family. */
export const DUAL: Result = {
  interfaces: [{ name: "cni0" }, { name: "eth0", sandbox: "/run/netns/c1" }],
  ips: [
    { address: "10.77.0.2/24", interface: 1 },
    { address: "fd77::2/64", interface: 1 },
  ],
};

/** What is forwarded of each family, IPv4 first. */
export function forwardingsWith(
  keys: JsonObject,
  portMappings: readonly JsonObject[],
): readonly [Forwarding, Forwarding] {
  const request = requestWith(keys, portMappings);
  const config = parsePortmapConfig(request);
  const [four, six] = forwardingsOf(request, config, DUAL);
  return [four!, six!];
}
