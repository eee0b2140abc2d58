import { checkPluginName } from "../../lib/invoke/mod.ts";
import {
  fieldsKey,
  type Key,
  mappedKey,
  type NestFacts,
  stringKey,
} from "../../lib/plugin/mod.ts";
import { type PluginConfig, resultToJson } from "../../lib/spec/mod.ts";

/** `ipam`, whose value is the IPAM plugin's name, if there is one to call. */
export function ipamKey(facts: NestFacts): Key<string | undefined> {
  const name = stringKey({
    description: "The IPAM plugin's name: that of its file in `CNI_PATH`",
  });
  const type = mappedKey(name, (text) => {
    checkPluginName(text);
    return text;
  });
  return mappedKey(fieldsKey({ type }, facts), (values) => values.type);
}

/**
 * Refuses a network without addresses where results must have one: before
 * version 0.3.0. Else it would be found out when all is done.
 *
 * @throws {CniError} Code 1.
 */
export function requireAddressesIfOld(
  { cniVersion }: PluginConfig,
  ipamType: string | undefined,
): void {
  if (ipamType === undefined) resultToJson({}, cniVersion);
}
