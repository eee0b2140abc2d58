import { type Cidr, cidrContains, parseCidr } from "../../lib/net/mod.ts";
import { type Link, type Run } from "../../lib/linux/mod.ts";
import {
  addMasquerade,
  type MasqueradeOptions,
  removeMasquerade,
} from "../../lib/firewall/mod.ts";
import type { Request } from "../../lib/plugin/mod.ts";
import type { IpConfig } from "../../lib/spec/mod.ts";
import { ipamTypeOf } from "./ipam.ts";
import type { MasqueradeKeys } from "./masquerade_keys.ts";

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
