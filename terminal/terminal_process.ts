import { denoProcess, type Process } from "../lib/plugin/mod.ts";

/** The process that the tool runs in, as a value. */
export interface ToolProcess
  extends Pick<Process, "env" | "writeStdout" | "writeStderr"> {
  /** The working folder, absolute. */
  cwd(): string;
}

/** A process that may be at a terminal, for those who work at one. */
export interface TerminalProcess extends ToolProcess {
  /** Reads stdin to its end, with its byte order mark if it has one. */
  readStdin(): Promise<string>;
  /** Whether a stream leads to a terminal. */
  isTerminal(stream: "stdin" | "stdout" | "stderr"): boolean;
  /**
   * Has `handler` called when a person or the system asks the program to end,
   * instead of ending it.
   *
   * @returns Puts things back.
   */
  onInterrupt(handler: () => void): () => void;
}

const INTERRUPTS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** The status of a program that SIGPIPE has ended, as `head` does to others. */
const NOBODY_READS = 141;

/** The real process. */
export const terminalProcess: TerminalProcess = {
  env: denoProcess.env,
  readStdin: async () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const chunk = new Uint8Array(65536);
    let text = "";
    for (;;) {
      const length = await Deno.stdin.read(chunk);
      if (length === null) return text + decoder.decode();
      text += decoder.decode(chunk.subarray(0, length), { stream: true });
    }
  },
  writeStdout: (text) => {
    try {
      denoProcess.writeStdout(text);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      Deno.exit(NOBODY_READS);
    }
  },
  writeStderr: denoProcess.writeStderr,
  cwd: () => Deno.cwd(),
  isTerminal: (stream) => Deno[stream].isTerminal(),
  onInterrupt: (handler) => {
    for (const one of INTERRUPTS) Deno.addSignalListener(one, handler);
    return () => {
      for (const one of INTERRUPTS) Deno.removeSignalListener(one, handler);
    };
  },
};
