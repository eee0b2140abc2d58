import { findPlugin, splitPluginPath } from "../../../lib/invoke/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  describe,
  toCniError,
} from "../../../lib/spec/mod.ts";
import { isPermitted } from "../../../lib/state/mod.ts";
import { parseDataDir } from "./config.ts";
import { formatDelegate } from "./delegate_text.ts";
import { makeRemover } from "./make_remover.ts";
import {
  type DelegateState,
  openDelegateState,
  type SavedConfig,
} from "./state.ts";

/**
 * Has the delegate detach the container, with the very configuration that it
 * was attached with, and forgets that once it is done (CNI 1.1.0, section 2,
 * "DEL"). Until then it is kept, so that a DEL that failed can be repeated.
 *
 * @throws {CniError} The delegate's own error; code 6 if what was saved is no
 * configuration.
 */
export async function delFlannel(
  request: Request,
  context: Context,
): Promise<void> {
  const state = openState(request, context);
  const saved = state?.find();
  if (state === undefined || saved === undefined) {
    await delAnew(request, context);
    return;
  }
  if (saved.delegate === undefined) {
    const failure = await cleanUp(request, context);
    if (failure === undefined) state.remove();
    throw unreadable(request, saved, failure);
  }
  const { type, name } = saved.delegate;
  await context.delegate(type, { ...request, stdin: saved.text }, {
    role: "main",
  });
  state.remove();
  // The reference keeps one network of a container only, and it was another.
  if (name !== request.config.name) await delAnew(request, context);
}

/** Opens the state, or tells that this program may not use its folder. */
function openState(
  request: Request,
  context: Context,
): DelegateState | undefined {
  const { path, key } = parseDataDir(request.config.fields);
  if (isPermitted(path)) return openDelegateState(request);
  context.warn(
    `Cannot read how container ${request.containerId} was attached, so it is ` +
      `detached as it would be attached now: ${key} leads to ` +
      `${describe(path)}, and this program was built without access to it: ` +
      "remove what is left there",
  );
  return undefined;
}

/**
 * Detaches without knowing how it was attached: as an ADD would attach now.
 * Without a `prevResult` mostly nothing is attached any more, as this is a
 * second DEL or follows an ADD that failed, so what is wrong for good must not
 * make a runtime repeat it for ever: it is told.
 *
 * @throws {CniError} What has failed, if the runtime has the result of an ADD,
 * or the delegate could not tell (code 8 or 11).
 */
async function delAnew(request: Request, context: Context): Promise<void> {
  const failure = await cleanUp(request, context);
  if (failure === undefined) return;
  const isUnknown = failure.code === CniCode.InvalidNetns ||
    failure.code === CniCode.TryAgainLater;
  const wasAttached = request.config.fields.object("prevResult") !== undefined;
  if (isUnknown || wasAttached) throw failure;
  context.warn(
    `Cannot detach container ${request.containerId}, of which nothing was ` +
      `saved, as it would be attached now: ${failure}`,
  );
}

async function cleanUp(
  request: Request,
  context: Context,
): Promise<CniError | undefined> {
  try {
    const delegate = makeRemover(request);
    findPlugin(delegate.type, splitPluginPath(request.path));
    const stdin = formatDelegate(delegate);
    await context.delegate(delegate.type, { ...request, stdin }, {
      role: "main",
    });
    return undefined;
  } catch (error) {
    return toCniError(error);
  }
}

function unreadable(
  { containerId }: Request,
  { path }: SavedConfig,
  failure: CniError | undefined,
): CniError {
  const message = `failed to parse netconf: ${path} holds no configuration`;
  const details = failure === undefined
    ? `container ${containerId} was detached as it would be attached now and ` +
      "the file removed: DEL again, and look for what is left if the " +
      "configuration was another then"
    : `container ${containerId} cannot be detached as it would be attached ` +
      `now either (${failure}): mend that and DEL again, or remove the ` +
      "file, and what the container has left, by hand";
  return new CniError(CniCode.DecodingFailure, message, { details });
}
