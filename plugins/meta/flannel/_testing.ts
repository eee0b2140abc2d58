import { parsePluginConfig } from "../../../lib/spec/mod.ts";
import { type FlannelConfig, parseFlannelConfig } from "./config.ts";
import type { SubnetEnv } from "./subnet_env.ts";

/** The subnet of the examples in flannel's own documentation. */
export const SUBNET: SubnetEnv = {
  networks: ["10.1.0.0/16"],
  subnet: "10.1.17.0/24",
  ipv6Networks: [],
  mtuBytes: 1472,
  ipMasq: true,
};

/** The same, of both families. */
export const DUAL_SUBNET: SubnetEnv = {
  ...SUBNET,
  ipv6Networks: ["fc00::/48"],
  ipv6Subnet: "fc00::/64",
};

/** A parsed configuration, keys over `name` and `type`. */
export function flannelConfig(
  keys: Parameters<typeof parsePluginConfig>[0] = {},
): FlannelConfig {
  const object = { name: "n1", type: "flannel", ...keys };
  return parseFlannelConfig(parsePluginConfig(object));
}
