/** The algorithms, and the files that hold their sums. */
const SUMS = { "SHA-256": "SHA256SUMS", "SHA-512": "SHA512SUMS" } as const;

/** Writes the sums of files in a folder there, as `sha256sum -c` reads them. */
export async function writeChecksums(
  folder: string,
  names: readonly string[],
): Promise<void> {
  for (const [algorithm, sumsFile] of Object.entries(SUMS)) {
    const lines: string[] = [];
    for (const name of [...names].sort()) {
      const bytes = await Deno.readFile(`${folder}/${name}`);
      lines.push(`${await hexDigest(algorithm, bytes)}  ${name}\n`);
    }
    await Deno.writeTextFile(`${folder}/${sumsFile}`, lines.join(""));
  }
}

/** The digest of bytes in hexadecimal. */
export async function hexDigest(
  algorithm: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const digest = await crypto.subtle.digest(algorithm, bytes);
  return new Uint8Array(digest).toHex();
}
