import { type Cidr, cidrContains, parseCidr } from "../../lib/net/mod.ts";
import { type Link, type Run } from "../../lib/linux/mod.ts";
import {
  addMasquerade,
  type MasqueradeBackend,
  type MasqueradeOptions,
  removeMasquerade,
} from "../../lib/firewall/mod.ts";
import type { Request } from "../../lib/plugin/mod.ts";
import type { Fields, IpConfig } from "../../lib/spec/mod.ts";
import { ipamTypeOf } from "./ipam.ts";

/** The keys that say whether and how an attachment is masqueraded. */
export interface MasqueradeKeys {
  /** Whether what leaves the container's subnets is masqueraded. */
  readonly ipMasq: boolean;
  /** How; absent means what the host has. */
  readonly ipMasqBackend?: MasqueradeBackend | undefined;
}

/**
 * Reads `ipMasq` and `ipMasqBackend`.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parseMasqueradeKeys(fields: Fields): MasqueradeKeys {
  const ipMasq = fields.boolean("ipMasq") ?? false;
  const ipMasqBackend = fields.string("ipMasqBackend");
  if (ipMasqBackend === undefined) return { ipMasq };
  if (ipMasqBackend === "iptables" || ipMasqBackend === "nftables") {
    return { ipMasq, ipMasqBackend };
  }
  throw fields.invalid("ipMasqBackend", '"iptables" or "nftables"');
}

/**
 * Adds an attachment's masquerade rules, if it is to have any.
 *
 * @param ips The container's addresses.
 */
export async function addAttachmentMasquerade(
  { config, containerId, ifname }: Request,
  { ipMasq, ipMasqBackend, ips }: MasqueradeKeys & {
    readonly ips: readonly IpConfig[];
  },
  options: MasqueradeOptions,
): Promise<void> {
  if (!ipMasq || ips.length === 0) return;
  await addMasquerade({
    network: config.name,
    containerId,
    ifname,
    ips: ips.map((ip) => parseCidr(ip.address)),
  }, { ...options, backend: ipMasqBackend });
}

/**
 * Removes the attachment's masquerade rules, if it may have any. Those of
 * addresses that other links of the container have stay.
 *
 * @param links The container's links; none if its namespace is gone.
 */
export async function removeAttachmentMasquerade(
  { config, containerId, ifname }: Request,
  links: readonly Link[],
  run: Run,
): Promise<void> {
  const { fields } = config;
  const isMasqueraded = fields.json("ipMasq") === true &&
    ipamTypeOf(fields) !== undefined;
  if (!isMasqueraded) return;
  const own = addressesOf(links.filter((link) => link.name === ifname));
  const others = addressesOf(links.filter((link) => link.name !== ifname));
  const families = ([4, 6] as const).filter((family) =>
    // Without the link both are looked through: it may have had either.
    own.length === 0 || own.some(({ address }) => address.family === family)
  );
  await removeMasquerade({ network: config.name, containerId, ifname }, {
    run,
    families,
    isKept: (source) =>
      others.some(({ address }) => cidrContains(source, address)),
  });
}

function addressesOf(links: readonly Link[]): readonly Cidr[] {
  return links.flatMap((link) => link.addresses)
    .filter((address) => address.scope === "global")
    .map((address) => address.cidr);
}
