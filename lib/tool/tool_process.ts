import { denoProcess, type Process } from "../plugin/mod.ts";

/** The process that the tool runs in, as a value. */
export interface ToolProcess
  extends Pick<Process, "env" | "writeStdout" | "writeStderr"> {
  /** The working folder, absolute. */
  cwd(): string;
}

/** The real process. */
export const toolProcess: ToolProcess = {
  env: denoProcess.env,
  writeStdout: denoProcess.writeStdout,
  writeStderr: denoProcess.writeStderr,
  cwd: () => Deno.cwd(),
};
