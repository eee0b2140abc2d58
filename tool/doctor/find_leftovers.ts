import { ProgramMissingError, type Run } from "../../lib/linux/mod.ts";
import type { Inventory, Shown } from "../inventory.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** A masquerade chain or rule, and whose it is. */
interface Owned {
  readonly what: string;
  readonly network: string;
  readonly containerId: string;
}

/**
 * Finds what is left of attachments that are gone: entries of the cache,
 * reservations, rules; and bridges without ports.
 */
export async function findLeftovers(
  { attachments, leaked }: Inventory,
  run: Run,
): Promise<readonly Diagnosis[]> {
  const stale = attachments.filter((one) => !one.isThere).map((one) =>
    warning(
      `${one.ifname} of container ${one.containerId} on ${one.network}: its ` +
        `namespace ${one.netns || "has no path and"} is gone`,
      undoOf(one),
    )
  );
  const addresses = leaked.map((held) =>
    warning(
      `address ${held.address} of ${held.network} is reserved for ` +
        `${held.containerId || "an empty container id"}, which has no ` +
        "attachment",
      `cni tool gc ${held.network}, or, if no other runtime uses it: rm ` +
        held.file,
    )
  );
  const isLiving = ({ network, containerId }: Owned) =>
    attachments.some((one) =>
      one.isThere && one.network === network &&
      one.containerId.startsWith(containerId)
    );
  const owned = [
    ...await iptablesChains("iptables", run),
    ...await iptablesChains("ip6tables", run),
    ...await nftRules(run),
  ];
  const orphans = owned.filter((one) => !isLiving(one)).map((one) =>
    warning(
      `${one.what} is for container ${one.containerId} on ${one.network}, ` +
        "which is not attached",
      `cni tool gc ${one.network}`,
    )
  );
  const bridges = (await emptyBridges(run)).map((name) =>
    warning(
      `bridge ${name} has no ports`,
      `if it is not used: ip link del ${name}`,
    )
  );
  return [...stale, ...addresses, ...orphans, ...bridges];
}

/** What removes an attachment, even if its network's configuration is gone. */
function undoOf({ network, containerId, netns, ifname }: Shown): string {
  // Ids of this kind are made of the namespace's path.
  return containerId.startsWith("cnitool-") && netns !== ""
    ? `cni tool del ${network} ${netns} --ifname ${ifname}`
    : `cni tool gc ${network}`;
}

/** The chains of the nat table that belong to an attachment, by their jumps. */
async function iptablesChains(
  program: string,
  run: Run,
): Promise<readonly Owned[]> {
  const args = ["-t", "nat", "-S", "POSTROUTING"];
  const rules = await linesOf(run, { program, args });
  const form = /--comment "name: \\"(.*?)\\" id: \\"(.*?)\\"" -j (CNI-\w+)/;
  return rules.flatMap((rule) => {
    const [, network = "", containerId = "", chain = ""] = form.exec(rule) ??
      [];
    return chain === ""
      ? []
      : [{ what: `${program} chain ${chain}`, network, containerId }];
  });
}

/** The masquerade rules of nftables that belong to an attachment. */
async function nftRules(run: Run): Promise<readonly Owned[]> {
  const args = ["list", "table", "inet", "cni_plugins_masquerade"];
  const rules = await linesOf(run, { program: "nft", args });
  const form = /comment "[\w-]+, net: (.*?), if: .*?, id: (.*?)"/;
  const found = rules.flatMap((rule) => {
    const [, network = "", containerId = ""] = form.exec(rule) ?? [];
    return containerId === ""
      ? []
      : [{ what: "an nft masquerade rule", network, containerId }];
  });
  return found;
}

async function emptyBridges(run: Run): Promise<readonly string[]> {
  const [bridges, all] = await Promise.all([
    linksOf(run, ["-j", "link", "show", "type", "bridge"]),
    linksOf(run, ["-j", "link", "show"]),
  ]);
  const masters = new Set(all.map(({ master }) => master));
  return bridges.map(({ ifname }) => ifname ?? "").filter((name) =>
    name !== "" && !masters.has(name)
  );
}

interface ShownLink {
  readonly ifname?: string;
  readonly master?: string;
}

async function linksOf(
  run: Run,
  args: readonly string[],
): Promise<readonly ShownLink[]> {
  const lines = await linesOf(run, { program: "ip", args });
  return lines.length === 0 ? [] : JSON.parse(lines.join("\n"));
}

/** What a program prints; nothing if it cannot, which is told elsewhere. */
async function linesOf(
  run: Run,
  command: Parameters<Run>[0],
): Promise<readonly string[]> {
  try {
    const { stdout } = await run(command);
    return stdout.split("\n").filter((line) => line.trim() !== "");
  } catch (error) {
    if (error instanceof ProgramMissingError) return [];
    throw error;
  }
}

function warning(text: string, remedy: string): Diagnosis {
  return { status: "warning", text, remedy };
}
