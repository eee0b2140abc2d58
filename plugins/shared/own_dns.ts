import {
  DNS_KEYS,
  fieldsKey,
  type Key,
  mappedKey,
  type NestFacts,
  toDns,
} from "../../lib/plugin/mod.ts";
import type { Dns } from "../../lib/spec/mod.ts";

/**
 * `dns`, where it takes the place of what the IPAM plugin says: as a whole, if
 * it says anything. An empty list says something.
 */
export function ownDnsKey(facts: NestFacts): Key<Dns | undefined> {
  return mappedKey(fieldsKey(DNS_KEYS, facts), (values) => {
    const saysAnything = Object.values(values).some((one) => one !== undefined);
    return saysAnything ? toDns(values) : undefined;
  });
}

/** `dns` of a plugin whose result is otherwise the IPAM plugin's. */
export const OWN_DNS_KEY: Key<Dns | undefined> = ownDnsKey({
  description: "Name resolution in the container. It replaces IPAM's as a " +
    "whole if it says anything",
  defaultText: "what IPAM says",
});
