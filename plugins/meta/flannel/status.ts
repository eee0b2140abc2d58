import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { parseFlannelConfig } from "./config.ts";
import { formatDelegate } from "./delegate_text.ts";
import { platformFor } from "./platform.ts";
import { openDataDir } from "./state.ts";
import type { SubnetEnv } from "./subnet_env.ts";
import { readSubnetFile } from "./subnet_file.ts";

/**
 * Finds out whether an ADD could be served: whether flanneld has written the
 * subnet file, the folder of state can be used, and the delegate is ready (CNI
 * 1.1.0, section 2, "STATUS").
 *
 * @throws {CniError} Code 50 for the subnet file, code 7 for the
 * configuration, or the delegate's own error.
 */
export async function flannelStatus(
  request: Request,
  context: Context,
): Promise<void> {
  const config = parseFlannelConfig(request.config);
  const subnet = requireSubnet(config.subnetFile);
  const delegate = platformFor(Deno.build.os).delegateConfig(config, subnet);
  openDataDir(request);
  const stdin = formatDelegate(delegate);
  await context.delegate(delegate.type, { ...request, stdin }, {
    role: "main",
  });
}

function requireSubnet(path: string): SubnetEnv {
  try {
    return readSubnetFile(path);
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const { message, details } = cause;
    throw new CniError(CniCode.NotAvailable, message, { details, cause });
  }
}
