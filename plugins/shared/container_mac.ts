import type { Request } from "../../lib/plugin/mod.ts";
import { Fields, parseCniArgs, usableMacAt } from "../../lib/spec/mod.ts";

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
  { config, args }: Request,
): string | undefined {
  const runtimeConfig = config.fields.fields("runtimeConfig");
  const cni = config.fields.fields("args")?.fields("cni");
  // All three are read, so that a fault in one is told and not hidden.
  const fromArgs = new Fields({ ...parseCniArgs(args, ["MAC"]) }, "CNI_ARGS");
  return [
    runtimeConfig && usableMacAt(runtimeConfig, "mac"),
    cni && usableMacAt(cni, "mac"),
    usableMacAt(fromArgs, "MAC"),
  ].find((mac) => mac !== undefined);
}

/**
 * The hardware address that runtime or configuration ask for, where the
 * configuration has a key `mac`: that of `runtimeConfig.mac` beats `MAC` in
 * `CNI_ARGS`, which beats `mac`.
 *
 * @returns The address in its canonical text; `undefined` if none is asked for.
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`.
 */
export function parseConfiguredMac(
  { config: { fields }, args }: Request,
): string | undefined {
  const runtimeConfig = fields.fields("runtimeConfig");
  // All three are read, so that a fault in one is told and not hidden.
  const fromArgs = new Fields({ ...parseCniArgs(args, ["MAC"]) }, "CNI_ARGS");
  return [
    runtimeConfig && usableMacAt(runtimeConfig, "mac"),
    usableMacAt(fromArgs, "MAC"),
    usableMacAt(fields, "mac"),
  ].find((mac) => mac !== undefined);
}
