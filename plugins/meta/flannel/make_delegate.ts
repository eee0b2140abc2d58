import type { Request } from "../../../lib/plugin/mod.ts";
import { parseFlannelConfig } from "./config.ts";
import type { DelegateConfig } from "./delegate_base.ts";
import { platformFor } from "./platform.ts";
import { readSubnetFile } from "./subnet_file.ts";

/**
 * Makes the delegate's configuration from flannel's own and the subnet file as
 * they are now, for the system that this is.
 *
 * @throws {CniError} Code 7 for what will not do in either; code 11 if the
 * file is not there, code 5 if it cannot be read.
 */
export function makeDelegate({ config }: Request): DelegateConfig {
  const parsed = parseFlannelConfig(config);
  const subnet = readSubnetFile(parsed.subnetFile);
  return platformFor(Deno.build.os).delegateConfig(parsed, subnet);
}
