/** How many octets a hardware address has: Ethernet, EUI-64, InfiniBand. */
const LENGTHS = [6, 8, 20];

/**
 * Reads a hardware address: octets joined by `:` or `-`, or pairs of them
 * joined by `.`.
 *
 * @returns It as the kernel writes it; `undefined` if it is none.
 */
export function parseHardwareAddress(text: string): string | undefined {
  const isWhole = /^[0-9a-f]{2}(:[0-9a-f]{2})+$/i.test(text) ||
    /^[0-9a-f]{2}(-[0-9a-f]{2})+$/i.test(text) ||
    /^[0-9a-f]{4}(\.[0-9a-f]{4})+$/i.test(text);
  if (!isWhole) return undefined;
  const octets = text.toLowerCase().replace(/[:.-]/g, "").match(/../g) ?? [];
  return LENGTHS.includes(octets.length) ? octets.join(":") : undefined;
}
