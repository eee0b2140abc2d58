/** The longest file that is read: no configuration or state is near it. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads a file, links followed, if it is one that ends: what is no regular file
 * (a FIFO would be waited for, `/dev/zero` never ends) or is larger than 16 MiB
 * is refused. Needs `--allow-read` for it.
 *
 * @throws {Error} For what is refused, with the reason.
 * @throws The system's error if it cannot be read.
 */
export function readRegularFile(path: string): Uint8Array<ArrayBuffer> {
  // Opening a FIFO would wait, so this is asked before.
  refuseOdd(Deno.statSync(path));
  using file = Deno.openSync(path);
  // It may be another file by now.
  const { size } = refuseOdd(file.statSync());
  return readToEnd(file, new Uint8Array(size + 1)).slice();
}

/**
 * Reads the text of what is known to be a regular file, of at most 16 MiB, with
 * two calls of the system fewer than {@linkcode readRegularFile}: that counts
 * where tens of thousands are read. Needs `--allow-read` for it.
 *
 * @throws {Error} If it is larger.
 * @throws The system's error if it cannot be read.
 */
export function readTextOf(path: string): string {
  using file = Deno.openSync(path);
  shared ??= { bytes: new Uint8Array(65536), decoder: new TextDecoder() };
  return shared.decoder.decode(readToEnd(file, shared.bytes));
}

/** Used again for each file. */
let shared:
  | { bytes: Uint8Array<ArrayBuffer>; decoder: TextDecoder }
  | undefined;

/** Reads to the end, into `bytes` as long as there is room. */
function readToEnd(
  file: Deno.FsFile,
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  // Files of /proc have no size: read to the end, a little more at a time.
  let length = 0;
  for (;;) {
    const count = file.readSync(bytes.subarray(length));
    if (count === null || count === 0) return bytes.subarray(0, length);
    length += count;
    if (length > MAX_BYTES) throw new Error(TOO_LARGE);
    if (length === bytes.length) {
      const larger = new Uint8Array(2 * length + 4096);
      larger.set(bytes);
      bytes = larger;
    }
  }
}

const TOO_LARGE = `It is larger than ${MAX_BYTES / 1024 / 1024} MiB`;

function refuseOdd(info: Deno.FileInfo): Deno.FileInfo {
  if (!info.isFile) throw new Error(`It is ${kindOf(info)}, not a file`);
  if (info.size > MAX_BYTES) throw new Error(TOO_LARGE);
  return info;
}

function kindOf(info: Deno.FileInfo): string {
  if (info.isDirectory) return "a folder";
  if (info.isFifo) return "a FIFO";
  if (info.isSocket) return "a socket";
  return "a device";
}
