import type { Call, Plugin, Role } from "../plugin/mod.ts";
import { CniCode, CniError, describe } from "../spec/mod.ts";

/** How deep delegations may be nested; three are the most that is of use. */
const MAX_DEPTH = 8;

const WORDS: Readonly<Record<Role, string>> = {
  main: "a plugin that makes an interface",
  ipam: "an IPAM plugin",
  meta: "a plugin that comes after others in a list",
};

const REMEDIES: Readonly<Record<Role, string>> = {
  main: "set delegate.type to one that does, such as bridge",
  ipam: "set ipam.type to one that is, such as host-local",
  meta: "name another plugin",
};

/**
 * The call as a delegated plugin gets it: one deeper.
 *
 * @throws {CniError} Code 7 if it is nested so deep that a plugin must lead back
 * to itself.
 */
export function delegatedCall<C extends Call>(type: string, call: C): C {
  const depth = (call.depth ?? 0) + 1;
  if (depth <= MAX_DEPTH) return { ...call, depth };
  const message = `Cannot delegate to ${describe(type)}`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `delegations are nested more than ${MAX_DEPTH} deep: a plugin ` +
      "leads back to itself by ipam.type or delegate.type",
  });
}

/**
 * Refuses a plugin that is called for what it does not do, such as `bridge` for
 * addresses.
 *
 * @throws {CniError} Code 7.
 */
export function checkRole(plugin: Plugin, role: Role | undefined): void {
  const found = plugin.settings?.role;
  if (role === undefined || found === undefined || found === role) return;
  const message = `Cannot delegate to ${describe(plugin.name)}`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `it is ${WORDS[found]}, not ${WORDS[role]}: ${REMEDIES[role]}`,
  });
}
