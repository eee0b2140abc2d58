import { parseLengths, parseRequest, type ShimRequest } from "./wire.ts";

/** The longest first line that a shim sends. */
const MAX_LINE_BYTES = 64;

/** A shim's end of the socket, as the daemon sees it. */
export type Peer = Pick<Deno.Conn, "read" | "write" | "close">;

/** What a peer asks for: a call, or something of the daemon itself. */
export type PeerRequest =
  | { readonly kind: "call"; readonly request: ShimRequest }
  | { readonly kind: "word"; readonly word: string };

/** What a peer may ask in a word. */
const WORD = /^[A-Z]{1,16}$/;

/**
 * Reads what a peer asks for.
 *
 * @returns `undefined` if it does not speak this protocol, or went away.
 */
export async function readRequest(
  peer: Pick<Peer, "read">,
): Promise<PeerRequest | undefined> {
  const first = new Uint8Array(65536);
  let length = 0;
  let end = -1;
  while (end === -1) {
    const got = await peer.read(first.subarray(length));
    if (got === null) return undefined;
    length += got;
    end = first.subarray(0, Math.min(length, MAX_LINE_BYTES)).indexOf(10);
    if (end === -1 && length >= MAX_LINE_BYTES) return undefined;
  }
  const line = new TextDecoder().decode(first.subarray(0, end));
  if (WORD.test(line)) return { kind: "word", word: line };
  const lengths = parseLengths(line);
  if (lengths === undefined) return undefined;
  const body = new Uint8Array(lengths.header + lengths.stdin);
  const early = first.subarray(end + 1, length);
  if (early.length > body.length) return undefined;
  body.set(early);
  for (let filled = early.length; filled < body.length;) {
    const got = await peer.read(body.subarray(filled));
    if (got === null) return undefined;
    filled += got;
  }
  const request = parseRequest(
    body.subarray(0, lengths.header),
    body.subarray(lengths.header),
  );
  return request && { kind: "call", request };
}

/**
 * Writes all of it.
 *
 * @returns Whether the peer has taken it; `false` if it is gone.
 */
export async function writeAll(
  peer: Pick<Peer, "write">,
  bytes: Uint8Array,
): Promise<boolean> {
  try {
    let rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await peer.write(rest));
    return true;
  } catch {
    return false;
  }
}
