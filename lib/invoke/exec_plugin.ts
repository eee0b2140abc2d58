import {
  type Call,
  DELEGATIONS,
  NETWORK_LOCKS,
  type Reply,
} from "../plugin/mod.ts";
import { CniCode, CniError } from "../spec/mod.ts";
import { traced } from "../trace/mod.ts";
import { collect } from "./collect.ts";
import { PluginUnavailableError } from "./plugin_unavailable.ts";
import { quote } from "./quote.ts";

/** How a plugin is run. */
export interface ExecOptions {
  /** Ends the plugin, with every process that it started, when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the plugin likewise after so many milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** The variables beneath those of the call; this program's own when absent. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Its working folder; this program's own when absent. */
  readonly cwd?: string | undefined;
  /**
   * The waits between attempts to start a file that is still being written, in
   * milliseconds.
   */
  readonly retryDelaysMs?: readonly number[] | undefined;
}

/** How a process ended. */
export interface ExecReply extends Reply {
  /** The signal that ended it, such as `SIGSEGV`; absent if it exited. */
  readonly signal?: string;
}

/** Six attempts in about two seconds: an installer's copy takes no longer. */
const RETRY_DELAYS_MS = [15, 45, 135, 405, 1215];

/** How long a killed plugin's descendants may hold its output open. */
const GRACE_MS = 500;

/**
 * Runs a plugin as a child process (CNI 1.1.0, section 2): the caller's
 * environment with the `CNI_*` variables of `call` over it, and its
 * configuration on stdin. Needs `--allow-run`.
 *
 * A plugin that can be ended from outside (`signal`, `timeoutMs`) is started in
 * a process group of its own, all of which is killed.
 *
 * @param file Path of the executable, with at least one separator in it.
 * @returns How it ended, whatever its status.
 * @throws {CniError} Code 0 if it could not be started or was ended from
 * outside; the `cause` is the system's error or the reason of the abort.
 */
export function execPlugin(
  file: string,
  call: Call,
  options: ExecOptions = {},
): Promise<ExecReply> {
  return traced(
    () => `${file} ${call.command}`,
    () => execChild(file, call, options),
  );
}

async function execChild(
  file: string,
  call: Call,
  options: ExecOptions,
): Promise<ExecReply> {
  const { signal, timeoutMs, variables, cwd } = options;
  if (signal?.aborted) throw interrupted(signal.reason, "");
  const isEndable = signal !== undefined || timeoutMs !== undefined;
  const command = new Deno.Command(file, {
    ...(cwd === undefined ? {} : { cwd }),
    clearEnv: variables !== undefined,
    env: { ...variables, ...environmentOf(call) },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: isEndable && Deno.build.os !== "windows",
  });
  const child = await spawn(command, file, options);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = Promise.all([
    child.status,
    stdout.ended,
    stderr.ended,
    writeStdin(child, call.stdin),
  ]);
  const end = async (reason: unknown): Promise<never> => {
    killGroup(child);
    const grace = timer(GRACE_MS);
    await Promise.race([ended, grace.elapsed]);
    grace.stop();
    await Promise.all([stdout.giveUp(), stderr.giveUp()]);
    throw interrupted(reason, stderr.text());
  };
  const reason = await orInterrupted(ended, { signal, timeoutMs });
  if (reason !== undefined) return await end(reason.value);
  const { code, signal: killedBy } = await child.status;
  const reply = { status: code, stdout: stdout.text(), stderr: stderr.text() };
  return killedBy === null ? reply : { ...reply, signal: killedBy };
}

/** The variables of `call` as a child's environment. */
function environmentOf(call: Call): Record<string, string> {
  return {
    CNI_COMMAND: call.command,
    CNI_CONTAINERID: call.containerId,
    CNI_NETNS: call.netns,
    CNI_ARGS: call.args,
    CNI_IFNAME: call.ifname,
    CNI_PATH: call.path,
    ...(call.delegations ? { [DELEGATIONS]: call.delegations } : {}),
    ...(call.networkLocks ? { [NETWORK_LOCKS]: call.networkLocks } : {}),
    ...(call.netnsOverride ? { CNI_NETNS_OVERRIDE: call.netnsOverride } : {}),
  };
}

async function spawn(
  command: Deno.Command,
  file: string,
  options: ExecOptions,
): Promise<Deno.ChildProcess> {
  for (const delayMs of options.retryDelaysMs ?? RETRY_DELAYS_MS) {
    try {
      return command.spawn();
    } catch (error) {
      if (!isTextFileBusy(error)) throw cannotStart(file, error);
    }
    await timer(delayMs).elapsed;
    const { signal } = options;
    if (signal?.aborted) throw interrupted(signal.reason, "");
  }
  try {
    return command.spawn();
  } catch (error) {
    throw cannotStart(file, error);
  }
}

// Deno has no class for ETXTBSY, only the number in the text.
function isTextFileBusy(error: unknown): boolean {
  return error instanceof Error && /\(os error 26\)/.test(error.message) &&
    Deno.build.os !== "windows";
}

function cannotStart(file: string, cause: unknown): CniError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `netplugin failed with no error message: ${reason}`;
  const remedy = remedyFor(cause);
  const details = `file ${file}${remedy === "" ? "" : `: ${remedy}`}`;
  return new PluginUnavailableError(CniCode.Unknown, message, {
    details,
    cause,
  });
}

function remedyFor(cause: unknown): string {
  if (isTextFileBusy(cause)) return "it is being written: try again later";
  if (cause instanceof Deno.errors.PermissionDenied) {
    return "make it an executable file";
  }
  if (cause instanceof Deno.errors.NotFound) {
    return "it, or the interpreter that its first line names, is missing";
  }
  if (cause instanceof Deno.errors.NotCapable) {
    return "this program may not start it: grant it with --allow-run";
  }
  return "";
}

async function writeStdin(
  child: Deno.ChildProcess,
  text: string,
): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    if (text !== "") await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A plugin need not read its configuration: its reply tells how it fared.
  }
}

/** Waits for `work`; resolves early, with the reason, when it is to be ended. */
async function orInterrupted(
  work: Promise<unknown>,
  { signal, timeoutMs }: ExecOptions,
): Promise<{ readonly value: unknown } | undefined> {
  const races: Promise<{ readonly value: unknown } | undefined>[] = [
    work.then(() => undefined),
  ];
  const aborted = Promise.withResolvers<{ readonly value: unknown }>();
  const onAbort = () => aborted.resolve({ value: signal?.reason });
  if (signal !== undefined) {
    signal.addEventListener("abort", onAbort);
    races.push(aborted.promise);
  }
  const limit = timeoutMs === undefined ? undefined : timer(timeoutMs);
  if (limit !== undefined) {
    const message = `timed out after ${timeoutMs} ms`;
    const value = new DOMException(message, "TimeoutError");
    races.push(limit.elapsed.then(() => ({ value })));
  }
  try {
    return await Promise.race(races);
  } finally {
    signal?.removeEventListener("abort", onAbort);
    limit?.stop();
  }
}

function killGroup(child: Deno.ChildProcess): void {
  try {
    // The group bears the child's id, since it was started detached. A negative
    // id needs --allow-run for every program.
    Deno.kill(-child.pid, "SIGKILL");
  } catch {
    try {
      child.kill("SIGKILL");
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

function interrupted(reason: unknown, stderr: string): CniError {
  const text = reason instanceof Error ? reason.message : String(reason);
  const details = stderr === ""
    ? "killed; it printed nothing to stderr"
    : `killed; stderr was ${quote(stderr)}`;
  const message = `netplugin failed: ${text}`;
  return new CniError(CniCode.Unknown, message, { details, cause: reason });
}

function timer(
  delayMs: number,
): { readonly elapsed: Promise<void>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const id = setTimeout(resolve, delayMs);
  return { elapsed: promise, stop: () => clearTimeout(id) };
}
