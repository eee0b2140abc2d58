import type { Plugin, Role } from "../plugin/mod.ts";
import { CniCode, CniError, describe } from "../spec/mod.ts";

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
