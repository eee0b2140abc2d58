/**
 * A sum of 64 bits over a text's UTF-8 bytes (FNV-1a), as 16 digits: it tells
 * texts apart that are not made to collide. `crypto` would have it be awaited.
 */
export function checksum(text: string): string {
  let sum = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  }
  return sum.toString(16).padStart(16, "0");
}
