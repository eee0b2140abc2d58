import {
  requireSandbox,
  type Run,
  sandboxText,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  interfaceOf,
  type IpConfig,
  prevResultOf,
} from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { checkAddresses } from "../../shared/compare/mod.ts";
import { isLoopback, NAME } from "./loopback_linux.ts";

/**
 * Verifies that `lo` is up and has the addresses that the result gives it.
 *
 * @throws {CniError} Code 999, naming what differs.
 */
export async function checkLoopback(
  request: Request,
  { act, run }: Executor,
): Promise<void> {
  const command = sandboxText(`ip link show dev ${NAME}`, request.netns);
  const planned = { purpose: `see whether "${NAME}" is up`, command };
  await act([planned], () => compareLoopback(request, run));
}

async function compareLoopback(request: Request, run: Run): Promise<void> {
  const { netns, netnsOverride: override } = request;
  const stated = statedAddresses(request);
  const links = await requireSandbox(netns, { run, override });
  const link = links.find(isLoopback);
  if (link === undefined || !link.flags.includes("UP")) {
    throw new CniError(CniCode.Internal, `Cannot confirm interface "${NAME}"`, {
      details: `it is not up in ${netns}: ADD again to mend it`,
    });
  }
  checkAddresses(link, stated);
}

/** Those of `prevResult` that are on `lo`; others are another plugin's. */
function statedAddresses({ config, netns }: Request): readonly IpConfig[] {
  const prevResult = prevResultOf(config) ?? {};
  return (prevResult.ips ?? []).filter((ip) => {
    const one = interfaceOf(ip, prevResult);
    return one?.name === NAME && one.sandbox === netns;
  });
}
