import {
  dnsKeys,
  fieldsKey,
  type Key,
  mappedKey,
  toDns,
} from "../../lib/plugin/mod.ts";
import type { Dns } from "../../lib/spec/mod.ts";

/**
 * `dns`, where it takes the place of what the IPAM plugin says: as a whole, if
 * it says anything. An empty list says something.
 */
export function ownDnsKey(): Key<Dns | undefined> {
  const key = fieldsKey(dnsKeys(), {
    description: "Name resolution in the container. It replaces IPAM's as a " +
      "whole if it says anything",
    defaultText: "what IPAM says",
  });
  return mappedKey(key, (values) => {
    const saysAnything = Object.values(values).some((one) => one !== undefined);
    return saysAnything ? toDns(values) : undefined;
  });
}
