import { DELEGATIONS } from "./delegations.ts";
import type { Environment } from "./dispatch.ts";

/**
 * The process that a plugin runs in, as a value: tests hand in an object, the
 * program hands in {@linkcode denoProcess}.
 */
export interface Process {
  /** The value of an environment variable; empty when unset. */
  env(name: string): string;
  /** Reads stdin to its end. */
  readStdin(): Promise<string>;
  /**
   * Writes all of `text`.
   *
   * @throws The system's error, such as that of a closed pipe or a full disk.
   */
  writeStdout(text: string): void;
  /** Writes all of `text`, if it can. */
  writeStderr(text: string): void;
}

/**
 * The real process. Needs `--allow-env` for the variables that are read.
 */
export const denoProcess: Process = {
  env: (name) => Deno.env.get(name) ?? "",
  readStdin: () => Promise.resolve(readAll(Deno.stdin)),
  writeStdout: (text) => writeAll(Deno.stdout, text),
  writeStderr: (text) => {
    try {
      writeAll(Deno.stderr, text);
    } catch {
      // What nobody can read must not end the call: stderr is for people.
    }
  },
};

/** Reads the variables of CNI 1.1.0, section 2 "Parameters", once. */
export function readEnvironment(
  process: Pick<Process, "env">,
): Environment {
  const delegations = process.env(DELEGATIONS);
  return {
    ...(delegations === "" ? {} : { delegations }),
    command: process.env("CNI_COMMAND"),
    containerId: process.env("CNI_CONTAINERID"),
    netns: process.env("CNI_NETNS"),
    ifname: process.env("CNI_IFNAME"),
    args: process.env("CNI_ARGS"),
    path: process.env("CNI_PATH"),
    netnsOverride: process.env("CNI_NETNS_OVERRIDE"),
  };
}

// Synchronous, as nothing else can run before the configuration is known: the
// streams of the web platform would cost a millisecond more.
function readAll(
  stream: { readSync(into: Uint8Array): number | null },
): string {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(65536);
  let text = "";
  for (;;) {
    const length = stream.readSync(chunk);
    if (length === null) return text + decoder.decode();
    text += decoder.decode(chunk.subarray(0, length), { stream: true });
  }
}

function writeAll(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  let bytes = new TextEncoder().encode(text);
  // A pipe takes what fits: the rest needs another write.
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
