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

/** How much is read at a time, in bytes: most requests are smaller. */
const CHUNK_BYTES = 8192;

/**
 * Reads what a peer asks for. Memory is taken as bytes come, not as they are
 * announced.
 *
 * @returns `undefined` if it does not speak this protocol, or went away.
 */
export async function readRequest(
  peer: Pick<Peer, "read">,
): Promise<PeerRequest | undefined> {
  const first = new Uint8Array(CHUNK_BYTES);
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
  const early = first.subarray(end + 1, length);
  const body = await readBody(peer, early, lengths.header + lengths.stdin);
  const request = body && parseRequest(
    body.subarray(0, lengths.header),
    body.subarray(lengths.header),
  );
  return request && { kind: "call", request };
}

/** Reads so many bytes, of which some have come already. */
async function readBody(
  peer: Pick<Peer, "read">,
  early: Uint8Array,
  length: number,
): Promise<Uint8Array | undefined> {
  const chunks = [early];
  let rest = length - early.length;
  while (rest > 0) {
    const chunk = new Uint8Array(Math.min(rest, 1 << 16));
    const got = await peer.read(chunk);
    if (got === null) return undefined;
    chunks.push(chunk.subarray(0, got));
    rest -= got;
  }
  if (rest < 0) return undefined;
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
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
