import {
  exactNameTest,
  findSandbox,
  OWN_NAMESPACE,
  ownNamespaceError,
  ownNamespaceTest,
  reasonOf,
  runCommand,
  sandboxText,
  wordLines,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniError, describe } from "../../../lib/spec/mod.ts";
import { isPermitted } from "../../../lib/state/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { restoreLines } from "./link_attributes.ts";
import {
  openTuningState,
  parseDataDir,
  stateFileName,
  type TuningState,
} from "./state.ts";

/**
 * Puts back what an ADD has saved, and forgets it (CNI 1.1.0, section 2,
 * "DEL"). Where nothing was saved, nothing is started.
 *
 * What cannot be put back is told and kept for a second DEL, but is no error:
 * the interface itself goes next, by the plugin that has made it.
 *
 * @throws {CniError} Code 8 if the namespace is the plugin's own, or cannot be
 * told.
 */
export async function delTuning(
  request: Request,
  { warn, act }: Executor,
): Promise<void> {
  const state = openState(request, warn);
  const saved = state?.find(request);
  if (state === undefined) return;
  if (saved === undefined) {
    return await forgetNote(request, state, { act, warn });
  }
  const { containerId, netns, ifname } = request;
  if (saved.values === undefined) {
    warn(`${saved.path} holds no values to put back: it is removed`);
  } else {
    const lines = netns === "" ? [] : restoreLines(ifname, saved.values);
    const fault = await act(
      lines.map((words) => ({
        purpose: `put ${words.slice(-2).join(" ")} of "${ifname}" back`,
        command: sandboxText(["ip", ...words].join(" "), netns),
      })),
      () => restore(request, lines),
    );
    if (fault !== undefined) {
      warn(
        `Cannot put back all values of "${ifname}" in container ` +
          `${containerId}: ${fault}`,
      );
      return;
    }
  }
  await act(
    [{ purpose: "forget the values from before", command: `rm ${saved.path}` }],
    () => state.remove(stateFileName(request)),
  );
}

/**
 * Removes a note whose file the reference's DEL has removed. One that stays
 * names no file, and is no error.
 */
async function forgetNote(
  request: Request,
  state: TuningState,
  { act, warn }: Pick<Executor, "act" | "warn">,
): Promise<void> {
  const path = state.notePathOf(request);
  if (path === undefined) return;
  const purpose = "remove a note of values that are there no more";
  await act([{ purpose, command: `rm ${path}` }], () => {
    try {
      state.remove(stateFileName(request));
    } catch (error) {
      if (!(error instanceof CniError)) throw error;
      warn(`Cannot remove a note: ${error}`);
    }
  });
}

/** Opens the folder of state, or tells that this program may not use it. */
function openState(
  request: Request,
  warn: Executor["warn"],
): TuningState | undefined {
  const path = parseDataDir(request.config.fields);
  if (isPermitted(path)) return openTuningState(request);
  warn(
    `Cannot put back what ADD changed of "${request.ifname}" in container ` +
      `${request.containerId}: dataDir leads to ${describe(path)}, and this ` +
      "program was built without access to it: remove what is left there",
  );
  return undefined;
}

/** Returns what went wrong with an interface that is still there. */
async function restore(
  { netns, netnsOverride: override, ifname }: Request,
  lines: readonly (readonly string[])[],
): Promise<string | undefined> {
  if (lines.length === 0) return undefined;
  const stdin = `${ownNamespaceTest(override)}\n${exactNameTest(ifname)}` +
    `exec ip -force -batch - <<';'\n${wordLines(lines)};\n`;
  const command = { program: "sh", args: ["-s"], stdin, netns };
  const { status, stderr } = await runCommand(command);
  if (status === 0) return undefined;
  if (status === OWN_NAMESPACE) throw ownNamespaceError(netns);
  const links = await findSandbox(netns, { run: runCommand, override });
  const isThere = links?.some(({ name }) => name === ifname) ?? false;
  return isThere ? reasonOf(stderr) || `exit status ${status}` : undefined;
}
