import { type Dns, dnsOf, type PluginConfig } from "../../lib/spec/mod.ts";

/**
 * The `dns` key of a configuration, if it says anything: then it counts as a
 * whole, in place of what the IPAM plugin says. An empty list says something.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parseOwnDns(config: PluginConfig): Dns | undefined {
  const fields = config.fields.fields("dns");
  if (fields === undefined) return undefined;
  const saysAnything = Boolean(fields.string("domain")) ||
    ["nameservers", "search", "options"].some((key) => fields.list(key));
  return saysAnything ? dnsOf(config) : undefined;
}
