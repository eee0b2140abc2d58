import { checkPluginName } from "../../lib/invoke/mod.ts";
import {
  fieldsKey,
  type Key,
  mappedKey,
  type NestFacts,
  stringKey,
} from "../../lib/plugin/mod.ts";

const IPAM_KEYS = {
  type: mappedKey(
    stringKey({
      description: "The IPAM plugin's name: that of its file in `CNI_PATH`",
    }),
    (type) => {
      checkPluginName(type);
      return type;
    },
  ),
};

/** `ipam`, whose value is the IPAM plugin's name, if there is one to call. */
export function ipamKey(facts: NestFacts): Key<string | undefined> {
  return mappedKey(fieldsKey(IPAM_KEYS, facts), ({ type }) => type);
}
