import { integerKey, type Key } from "../../lib/plugin/mod.ts";

/**
 * `mtu` of a veth, in bytes: 0 for the kernel's default, which every number
 * below 1 asks for.
 *
 * @param description What is given it.
 */
export function vethMtuKey(description: string): Key<number> {
  const key = integerKey({
    description,
    default: 0,
    // The kernel's bounds.
    min: 68,
    max: 65535,
    zero: "the kernel's default",
  });
  return {
    ...key,
    min: undefined,
    read: (value, path) => {
      const isBelow = Number.isSafeInteger(value) && Number(value) < 0;
      return key.read(isBelow ? 0 : value, path);
    },
  };
}
