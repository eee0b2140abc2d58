import {
  macKey,
  readArgs,
  readKeys,
  readRuntimeConfig,
  type Request,
} from "../../lib/plugin/mod.ts";
import { Fields, parseCniArgs } from "../../lib/spec/mod.ts";

/** What an interface's hardware address may be, for descriptions. */
export const MAC_RULE = "unicast, 6 octets: `02:00:00:00:00:01`";

/** The capability `mac` of a plugin that has a key `mac` as well. */
export const MAC_CAPABILITY = {
  mac: macKey({
    description: "As `mac`. It beats `MAC` in `CNI_ARGS` and the key `mac`",
  }),
};

/** The capability `mac` of a plugin that has no key `mac`. */
export const ONLY_MAC_CAPABILITY = {
  mac: macKey({
    description: `The container's hardware address, ${MAC_RULE}. Absent: ` +
      "that of `args.cni.mac`, else of `MAC` in `CNI_ARGS`",
    defaultText: "chosen",
  }),
};

/** `mac` in `args.cni`. */
export const MAC_ARG = {
  mac: macKey({
    description: "The container's hardware address, if the runtime names " +
      "none. It beats `MAC` in `CNI_ARGS`",
  }),
};

const MAC_IN_CNI_ARGS = {
  MAC: macKey({ description: "The container's hardware address" }),
};

/**
 * The hardware address that runtime or configuration ask for. That of
 * `runtimeConfig.mac` beats that of `args.cni.mac`, which beats `MAC` in
 * `CNI_ARGS`.
 *
 * @returns The address in its canonical text; `undefined` if none is asked for.
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`.
 */
export function parseContainerMac(
  { config: { fields }, args }: Request,
): string | undefined {
  // All three are read, so that a fault in one is told and not hidden.
  const capability = readRuntimeConfig(fields, ONLY_MAC_CAPABILITY);
  const arg = readArgs(fields, MAC_ARG);
  const fromCniArgs = macOfCniArgs(args);
  return capability.mac ?? arg.mac ?? fromCniArgs;
}

/**
 * The hardware address that runtime or configuration ask for, where the
 * configuration has a key `mac`: that of `runtimeConfig.mac` beats `MAC` in
 * `CNI_ARGS`, which beats `mac`.
 *
 * @param mac The value of the key.
 * @returns The address in its canonical text; `undefined` if none is asked for.
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`.
 */
export function parseConfiguredMac(
  { config: { fields }, args }: Request,
  mac: string | undefined,
): string | undefined {
  const capability = readRuntimeConfig(fields, MAC_CAPABILITY);
  const fromCniArgs = macOfCniArgs(args);
  return capability.mac ?? fromCniArgs ?? mac;
}

/**
 * `MAC` in `CNI_ARGS`.
 *
 * @throws {CniError} Code 7 for what is no hardware address, code 4 for what
 * is no `CNI_ARGS`.
 */
export function macOfCniArgs(args: string): string | undefined {
  const pairs = { ...parseCniArgs(args, ["MAC"]) };
  return readKeys(new Fields(pairs, "CNI_ARGS"), MAC_IN_CNI_ARGS).MAC;
}
