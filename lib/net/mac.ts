/**
 * Parses an Ethernet MAC address into its canonical text: six octets in lower
 * case joined by colons. The spellings are those of Go's `net.ParseMAC`: pairs
 * of hex digits all joined by `:` or all by `-`, or groups of four joined by
 * dots. Hardware addresses of other lengths, such as the 8 octets of EUI-64 and
 * the 20 of InfiniBand, are refused: the kernel takes only 6 for a veth.
 *
 * Multicast addresses are accepted, see {@linkcode isMulticastMac}, and so is
 * the one of all zeros, which the kernel refuses to give to a link.
 *
 * @example Three spellings of one address
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseMac("02-00-5E-10-00-FF"), "02:00:5e:10:00:ff");
 * assertEquals(parseMac("0200.5e10.00ff"), "02:00:5e:10:00:ff");
 * ```
 * @throws {SyntaxError} If `text` is no MAC address of 6 octets.
 */
export function parseMac(text: string): string {
  const octets = SPELLINGS.test(text) ? text.match(/[0-9a-f]{2}/gi)! : [];
  if (octets.length === 6) return octets.join(":").toLowerCase();
  const found = octets.length === 0 ? "" : `it has ${octets.length} octets, `;
  throw new SyntaxError(
    `Cannot parse MAC ${JSON.stringify(text)}: ${found}` +
      "expected 6 octets such as 02:00:5e:10:00:ff",
  );
}

/**
 * Whether a MAC address names a group and not one station (the lowest bit of
 * its first octet is 1), as multicast and broadcast do. No interface can have
 * such an address: the kernel answers "Cannot assign requested address".
 *
 * @param mac A text that came out of {@linkcode parseMac}.
 */
export function isMulticastMac(mac: string): boolean {
  return (firstOctet(mac) & GROUP_BIT) !== 0;
}

/**
 * A random MAC address to give to an interface: unicast and locally
 * administered, so never one that a manufacturer assigned. Of its 48 bits 46
 * are random.
 *
 * @returns The canonical text, as from {@linkcode parseMac}.
 */
export function randomMac(): string {
  const octets = crypto.getRandomValues(new Uint8Array(6));
  octets[0] = octets[0]! & ~GROUP_BIT | LOCAL_BIT;
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0"))
    .join(":");
}

function firstOctet(mac: string): number {
  return parseInt(mac.slice(0, 2), 16);
}

const SPELLINGS =
  /^(?:[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2})*|[0-9a-f]{4}(?:\.[0-9a-f]{4})+)$/i;
const GROUP_BIT = 0x01;
const LOCAL_BIT = 0x02;
