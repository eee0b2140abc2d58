import { Shells } from "../../../lib/linux/mod.ts";
import { isIptablesUsable } from "../../../lib/firewall/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { notAvailable, tryOnce } from "../../shared/probe/mod.ts";
import { type FirewallConfig, parseFirewallConfig } from "./config.ts";
import { isYes, runningCommand } from "./firewalld.ts";
import { findFirewalld } from "./firewalld_linux.ts";

const NAME = "firewall";

/**
 * Finds out whether an ADD could be served: the configuration, then firewalld or
 * iptables (CNI 1.1.0, section 2, "STATUS").
 *
 * @throws {CniError} Code 7 for the configuration, code 50 with the reason.
 */
export async function firewallStatus({ config }: Request): Promise<void> {
  const own = parseFirewallConfig(config);
  await using shells = new Shells();
  const tryIt = () => tryFirewall(own, shells);
  // Whether firewalld runs is for now: where it must, it is asked each time.
  if (own.backend === "firewalld") return await tryIt();
  await tryOnce(`firewall\n${own.backend} ${own.ingressPolicy}`, tryIt);
}

async function tryFirewall(
  own: FirewallConfig,
  shells: Shells,
): Promise<void> {
  const usesFirewalld = await isFirewalldReady(own, shells);
  if (usesFirewalld && own.ingressPolicy === "open") return;
  const [isUsable4, isUsable6] = [
    await isIptablesUsable(shells.run, 4),
    await isIptablesUsable(shells.run, 6),
  ];
  if (isUsable4 || isUsable6) return;
  throw notAvailable(
    NAME,
    "neither iptables nor ip6tables can be used: install the package iptables " +
      "and load the kernel's modules for table filter",
  );
}

/** Whether firewalld lets addresses pass; throws if it should, but cannot. */
async function isFirewalldReady(
  own: FirewallConfig,
  { run }: Shells,
): Promise<boolean> {
  try {
    const firewalld = await findFirewalld(own, run);
    if (firewalld === undefined || own.backend === undefined) {
      return firewalld !== undefined;
    }
    const { stdout } = await run(runningCommand(firewalld.client));
    if (isYes(stdout)) return true;
    throw notAvailable(
      NAME,
      'backend is "firewalld", which does not run: start it',
    );
  } catch (error) {
    if (!(error instanceof CniError) || error.code !== CniCode.Internal) {
      throw error;
    }
    throw notAvailable(NAME, error.details);
  }
}
