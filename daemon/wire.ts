import {
  type Environment,
  readEnvironment,
  type Reply,
} from "../lib/plugin/mod.ts";

/** What a shim says of itself, and what it was called with. */
export interface ShimRequest {
  /** The build that the shim belongs to. */
  readonly buildId: string;
  /** Its network and mount namespaces, as device and inode. */
  readonly namespaces: Namespaces;
  /** The name that it was started by: the plugin's. */
  readonly applet: string;
  /** Its working folder; empty if that is gone. */
  readonly cwd: string;
  /** The `CNI_*` variables. */
  readonly environment: Environment;
  /** Whether `CNI_FORCE_EXEC` is set. */
  readonly forceExec: boolean;
  /** Whether `CNI_TRACE` is `1`. */
  readonly isTraced: boolean;
  /** The value of `PATH`. */
  readonly searchPath: string;
  /** All its variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** What it has read from its stdin; empty for VERSION. */
  readonly stdin: string;
}

/** Namespaces as `device:inode`. */
export interface Namespaces {
  readonly net: string;
  readonly mnt: string;
}

/** The call begins: from now on it is the daemon's. */
export const ACCEPTED = "A";

/** The shim is to execute `cni` itself. */
export const DECLINED = "D";

/** The daemon lives; said while a call waits or runs. */
export const ALIVE = ".";

/** The result could not be written: an ADD is to be taken back. */
export const TAKE_BACK = "U";

/** What a new daemon says to the one before it. */
export const RETIRE = "RETIRE";

/** What asks for the daemon's counters, as JSON. */
export const STATUS = "STATUS";

/** The largest header, in bytes: paths and arguments of a sane size. */
export const MAX_HEADER_BYTES = 1 << 20;

/** The largest configuration, in bytes; the shim executes larger ones. */
export const MAX_STDIN_BYTES = 16 << 20;

/** How many texts a header has before the variables. */
const FIRST_TEXTS = 5;

/** The lengths that a request begins with, in bytes. */
export interface Lengths {
  readonly header: number;
  readonly stdin: number;
}

/**
 * Reads the first line of a request: `CNI1 HEADER STDIN`.
 *
 * @returns `undefined` for what no shim of this protocol sends.
 */
export function parseLengths(line: string): Lengths | undefined {
  const match = /^CNI1 (\d{1,8}) (\d{1,9})$/.exec(line);
  if (match === null) return undefined;
  const [header, stdin] = [Number(match[1]), Number(match[2])];
  return header <= MAX_HEADER_BYTES && stdin <= MAX_STDIN_BYTES
    ? { header, stdin }
    : undefined;
}

/**
 * Reads a request's header, in which a NUL ends each text, and its stdin: build,
 * namespaces, name, folder, then all variables as `NAME=VALUE`.
 *
 * @returns `undefined` for what no shim of this protocol sends.
 */
export function parseRequest(
  header: Uint8Array,
  stdin: Uint8Array,
): ShimRequest | undefined {
  const decoder = new TextDecoder();
  const texts = decoder.decode(header).split("\0");
  if (texts.length <= FIRST_TEXTS || texts.at(-1) !== "") return undefined;
  const [buildId = "", net = "", mnt = "", applet = "", cwd = ""] = texts;
  const variables = readVariables(texts.slice(FIRST_TEXTS, -1));
  const env = (name: string) => variables[name] ?? "";
  return {
    buildId,
    namespaces: { net, mnt },
    applet,
    cwd,
    environment: readEnvironment({ env }),
    forceExec: env("CNI_FORCE_EXEC") !== "",
    isTraced: env("CNI_TRACE") === "1",
    searchPath: env("PATH"),
    variables,
    stdin: decoder.decode(stdin),
  };
}

/** Of a name that is there twice the first counts, as for the C library. */
function readVariables(texts: readonly string[]): Record<string, string> {
  const pairs = texts.flatMap((text) => {
    const end = text.indexOf("=");
    return end > 0 ? [[text.slice(0, end), text.slice(end + 1)] as const] : [];
  });
  // Without a prototype: `constructor` is a name as any other.
  return Object.assign(
    Object.create(null),
    Object.fromEntries(pairs.toReversed()),
  );
}

/** A reply as the shim reads it: status and lengths, then both texts. */
export function replyBytes({ status, stdout, stderr }: Reply): Uint8Array {
  const encoder = new TextEncoder();
  const [out, err] = [encoder.encode(stdout), encoder.encode(stderr)];
  const head = encoder.encode(`${status} ${out.length} ${err.length}\n`);
  const bytes = new Uint8Array(head.length + out.length + err.length);
  bytes.set(head);
  bytes.set(out, head.length);
  bytes.set(err, head.length + out.length);
  return bytes;
}
