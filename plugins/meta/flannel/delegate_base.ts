import {
  CniCode,
  CniError,
  describe,
  type JsonObject,
} from "../../../lib/spec/mod.ts";
import type { FlannelConfig } from "./config.ts";

/** The configuration of the plugin that flannel delegates to. */
export interface DelegateConfig extends JsonObject {
  /** The plugin. */
  readonly type: string;
  /** The network, which is flannel's. */
  readonly name: string;
}

/**
 * What a delegate's configuration has on every system: the user's keys, the
 * network's name, the type and what the runtime has added.
 *
 * @param defaultType The type when the user gives none.
 */
export function baseDelegate(
  { name, delegate, runtimeConfig }: FlannelConfig,
  defaultType: string,
): DelegateConfig {
  const { type = defaultType } = delegate;
  return {
    ...delegate,
    ...(runtimeConfig === undefined ? {} : { runtimeConfig }),
    name,
    type: String(type),
  };
}

/**
 * Refuses in `delegate` what flannel sets by itself, and a type that is none.
 *
 * @throws {CniError} Code 7.
 */
export function refuseOwnKeys(delegate: JsonObject): void {
  if (Object.hasOwn(delegate, "type") && typeof delegate.type !== "string") {
    throw refusal(
      "'delegate' dictionary, if present, must have (string) 'type' field",
      `delegate.type is ${describe(delegate.type)}: name a plugin, or remove ` +
        'it for "bridge", on Windows "win-bridge"',
    );
  }
  refuseKey(
    delegate,
    "name",
    "remove it: the network's name is the delegate's",
  );
  refuseKey(delegate, "ipam", "put its keys in ipam, beside delegate");
}

function refuseKey(delegate: JsonObject, key: string, remedy: string): void {
  if (!Object.hasOwn(delegate, key)) return;
  throw refusal(
    `'delegate' dictionary must not have '${key}' field, it'll be set by ` +
      "flannel",
    `delegate.${key} is ${describe(delegate[key])}: ${remedy}`,
  );
}

function refusal(message: string, details: string): CniError {
  return new CniError(CniCode.InvalidConfig, message, { details });
}
