/**
 * A name for a link in the host, as the Go plugins choose them: unique by
 * chance, so that nothing has to be asked of the kernel first. NetworkManager
 * leaves links of this prefix alone.
 */
export function randomLinkName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return "veth" +
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
