/** How many bytes of the digest name a container. */
const ID_BYTES = 10;

/**
 * The container id that the reference's tool gives a network namespace, so that
 * either tool finds what the other attached: `cnitool-` and the beginning of
 * the SHA-512 of the path.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(await containerIdOf("/x/y"), "cnitool-a7a951b26a423b1fd4bb");
 * ```
 * @param netns The absolute path: `/run/netns/x` and `/var/run/netns/x` differ.
 */
export async function containerIdOf(netns: string): Promise<string> {
  const bytes = new TextEncoder().encode(netns);
  const digest = await crypto.subtle.digest("SHA-512", bytes);
  return `cnitool-${new Uint8Array(digest, 0, ID_BYTES).toHex()}`;
}
