import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, prevResultOf } from "../../../lib/spec/mod.ts";
import { parseStaticConfig } from "./config.ts";

/**
 * Compares `prevResult` with what is configured (CNI 1.1.0, section 2,
 * "CHECK"): each address must be there, with its gateway if it has one.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult.
 */
export function checkStatic({ config, args }: Request): void {
  const { ips } = parseStaticConfig(config, args);
  const prevResult = prevResultOf(config);
  if (prevResult === undefined) {
    const message = "Required prevResult missing";
    throw new CniError(CniCode.InvalidConfig, message, {
      details: "prevResult is absent: CHECK needs the result of the ADD",
    });
  }
  for (const { address, gateway } of ips) {
    const found = (prevResult.ips ?? []).filter((ip) => ip.address === address);
    if (found.length === 0) {
      throw differs(address, "prevResult.ips does not have it");
    }
    if (gateway === undefined) continue;
    if (found.some((ip) => ip.gateway === gateway)) continue;
    const stated = found[0]?.gateway ?? "none";
    const why = `its gateway in prevResult.ips is ${stated}: expected `;
    throw differs(address, why + gateway);
  }
}

function differs(address: string, why: string): CniError {
  return new CniError(CniCode.Internal, `Cannot confirm address ${address}`, {
    details: `${why}; DEL and ADD the attachment to mend it`,
  });
}
