import type { Output } from "./command.ts";
import {
  findSandbox,
  isOverridden,
  OWN_NAMESPACE,
  ownNamespaceError,
  ownNamespaceTest,
  requireOtherNamespace,
  requireSandbox,
  type SandboxOptions,
} from "./sandbox_linux.ts";

/** The exit status that tells that this could not be found out. */
const UNKNOWN = 83;

// Where /proc is that of another PID namespace, this program is not in it.
const KNOWN_TEST = `[ -e /proc/$PPID/ns/net ] || exit ${UNKNOWN}\n`;

/** How {@linkcode runInSandbox} is to go about it. */
export interface ScriptOptions extends SandboxOptions {
  /** Whether the script only reads, so that it may be repeated. */
  readonly isReading?: boolean;
}

/**
 * Runs a shell script in the container's network namespace, after it has made
 * sure that this is not the plugin's own: all of it by one shell.
 *
 * @param script Ends with status 0, or says on stderr why it has failed.
 * @returns `undefined` if the sandbox is gone.
 * @throws {CniError} Code 8 if the path is the plugin's own namespace and
 * `CNI_NETNS_OVERRIDE` does not allow that, or if it cannot be entered for
 * another reason than being gone.
 */
export async function runInSandbox(
  script: string,
  netns: string,
  options: ScriptOptions,
): Promise<Output | undefined> {
  const { run, override, isReading = false } = options;
  const command = {
    ...{ program: "sh", args: ["-s"], netns },
    ...(isReading ? { isReading } : {}),
  };
  const isFree = isOverridden(override);
  const guard = `${KNOWN_TEST}${ownNamespaceTest(override)}\n`;
  let output = await run({
    ...command,
    stdin: isFree ? script : guard + script,
  });
  if (output.status === OWN_NAMESPACE && !isFree) {
    throw ownNamespaceError(netns);
  }
  if (output.status === UNKNOWN && !isFree) {
    await requireOtherNamespace(netns, options);
    output = await run({ ...command, stdin: script });
  }
  if (output.status === 0) return output;
  // It may not have been entered at all: the longer way tells.
  return await findSandbox(netns, options) === undefined ? undefined : output;
}

/**
 * As {@linkcode runInSandbox}, for a command that needs the sandbox.
 *
 * @throws {CniError} Code 8 also if there is no network namespace at the path.
 */
export async function mustRunInSandbox(
  script: string,
  netns: string,
  options: ScriptOptions,
): Promise<Output> {
  for (;;) {
    const output = await runInSandbox(script, netns, options);
    if (output !== undefined) return output;
    // Says what is wrong, unless a namespace has just appeared.
    await requireSandbox(netns, options);
  }
}
