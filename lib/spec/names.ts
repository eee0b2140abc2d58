import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";
import { describe } from "./json.ts";

/** The pattern of container ids and network names (CNI 1.1.0, sections 1 and 2). */
const IDENTIFIER = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

const IDENTIFIER_RULE =
  'expected letters, digits, "_", "." and "-", starting with a letter or a digit';

/** The kernel's IFNAMSIZ less the terminating NUL. */
const MAX_LINK_NAME_BYTES = 15;

/** The kernel's ALTIFNAMSIZ is 128, with the byte that ends the text. */
const MAX_ALTERNATIVE_NAME_BYTES = 127;

// Listed by number, since `\s` lacks U+0085 and has U+FEFF: this is what Go,
// and so the reference library, takes for white space.
const WHITE_SPACE =
  // deno-lint-ignore no-control-regex -- white space includes control characters
  /[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

// Legal for the kernel, but with a meaning in `ip -batch`, nft, sysctl paths or
// a shell (quotes, "#", "\", "$"), or for the kernel itself ("%d" asks for a
// number).
// deno-lint-ignore no-control-regex -- control characters are what it is about
const UNSAFE = /[\u0000-\u001f\u007f"'`#\\%@;{}$<>&|*?]/;

/**
 * Refuses what is no container id.
 *
 * @throws {CniError} Code 3 if `text` is empty, else code 4.
 */
export function checkContainerId(text: string): void {
  if (IDENTIFIER.test(text)) return;
  if (text === "") {
    throw new CniError(CniCode.UnknownContainer, "missing containerID", {
      details: "CNI_CONTAINERID is empty: pass the container's id",
    });
  }
  const message = "invalid characters in containerID";
  throw new CniError(CniCode.InvalidEnvironment, message, {
    details: `CNI_CONTAINERID is ${describe(text)}: ${IDENTIFIER_RULE}`,
  });
}

/**
 * Refuses what is no network name.
 *
 * @throws {CniError} Code 7.
 */
export function checkNetworkName(text: string): void {
  if (IDENTIFIER.test(text)) return;
  if (text === "") {
    throw new CniError(CniCode.InvalidConfig, "missing network name", {
      details: 'name is absent or empty: give the network one, such as "net1"',
    });
  }
  const message = "invalid characters found in network name";
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `name is ${describe(text)}: ${IDENTIFIER_RULE}`,
  });
}

/**
 * Refuses what is no interface name for `CNI_IFNAME`.
 *
 * @throws {CniError} Code 4.
 */
export function checkIfname(text: string): void {
  const fault = findLinkNameFault(text);
  if (fault === undefined) return;
  const message = `interface name ${fault}`;
  throw new CniError(CniCode.InvalidEnvironment, message, {
    details: `CNI_IFNAME is ${describe(text)}: expected 1 to ` +
      `${MAX_LINK_NAME_BYTES} bytes such as "eth0"`,
  });
}

/**
 * Refuses what is no name for a link in a configuration.
 *
 * @param key The configuration key that holds it: `bridge`.
 * @throws {CniError} Code 7.
 */
export function checkLinkName(text: string, key: string): void {
  const fault = findLinkNameFault(text);
  if (fault === undefined) return;
  throw new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
    details: `${key} is ${describe(text)}, but an interface name ${fault}: ` +
      `expected 1 to ${MAX_LINK_NAME_BYTES} bytes such as "cni0"`,
  });
}

/**
 * Refuses what can be no name of a link that is there: its own, or one of its
 * alternative ones, which may be longer.
 *
 * @param key The configuration key that holds it: `master`.
 * @throws {CniError} Code 7.
 */
export function checkAnyLinkName(text: string, key: string): void {
  const fault = findLinkNameFault(text, MAX_ALTERNATIVE_NAME_BYTES);
  if (fault === undefined) return;
  throw new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
    details: `${key} is ${describe(text)}, but an interface name ${fault}: ` +
      `expected the name of a link, of 1 to ${MAX_LINK_NAME_BYTES} bytes, or ` +
      `an alternative one, of up to ${MAX_ALTERNATIVE_NAME_BYTES}`,
  });
}

/** Whether a text can be a link's name, in this program and the kernel. */
export function isLinkName(text: string): boolean {
  return findLinkNameFault(text) === undefined;
}

/**
 * What is wrong with `text` as a link's name, as the end of a sentence that
 * begins with "interface name"; `undefined` if nothing is.
 */
function findLinkNameFault(
  text: string,
  maxBytes: number = MAX_LINK_NAME_BYTES,
): string | undefined {
  if (text === "") return "is empty";
  // Bytes, not `text.length`: the kernel counts UTF-8.
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > maxBytes) return "is too long";
  if (text === "." || text === "..") return "is . or ..";
  // Their places in /proc/sys/net are taken: the kernel refuses them, host-
  // device's only after it has moved the device.
  if (text === "all" || text === "default") return "is all or default";
  if (/[/:]/.test(text) || WHITE_SPACE.test(text)) {
    return "contains / or : or whitespace characters";
  }
  if (UNSAFE.test(text)) return "contains quotes or special characters";
  return undefined;
}
