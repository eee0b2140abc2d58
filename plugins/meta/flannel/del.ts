import { findPlugin, splitPluginPath } from "../../../lib/invoke/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, toCniError } from "../../../lib/spec/mod.ts";
import type { DelegateConfig } from "./delegate_base.ts";
import { formatDelegate } from "./delegate_text.ts";
import { makeDelegate } from "./make_delegate.ts";
import { openDelegateState, type SavedConfig } from "./state.ts";

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
  const state = openDelegateState(request);
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

/**
 * Detaches without knowing how it was attached: as an ADD would attach now.
 * Mostly nothing is attached any more, as this is a second DEL, so what fails
 * must not make a runtime repeat it for ever.
 */
async function delAnew(request: Request, context: Context): Promise<void> {
  const failure = await cleanUp(request, context);
  if (failure?.stage !== "delegate") return;
  context.warn(
    `Cannot detach container ${request.containerId}, of which nothing was ` +
      `saved, as it would be attached now: ${failure.error}`,
  );
}

/** Where a {@linkcode cleanUp} got to. */
interface Failure {
  /** Whether the delegate failed, or could not even be called. */
  readonly stage: "configuration" | "delegate";
  readonly error: CniError;
}

async function cleanUp(
  request: Request,
  context: Context,
): Promise<Failure | undefined> {
  let delegate: DelegateConfig;
  try {
    delegate = makeDelegate(request);
    findPlugin(delegate.type, splitPluginPath(request.path));
  } catch (error) {
    return { stage: "configuration", error: toCniError(error) };
  }
  try {
    const stdin = formatDelegate(delegate);
    await context.delegate(delegate.type, { ...request, stdin }, {
      role: "main",
    });
    return undefined;
  } catch (error) {
    return { stage: "delegate", error: toCniError(error) };
  }
}

function unreadable(
  { containerId }: Request,
  { path }: SavedConfig,
  failure: Failure | undefined,
): CniError {
  const message = `failed to parse netconf: ${path} holds no configuration`;
  const details = failure === undefined
    ? `container ${containerId} was detached as it would be attached now and ` +
      "the file removed: DEL again, and look for what is left if the " +
      "configuration was another then"
    : `container ${containerId} cannot be detached as it would be attached ` +
      `now either (${failure.error}): mend that and DEL again, or remove the ` +
      "file, and what the container has left, by hand";
  return new CniError(CniCode.DecodingFailure, message, { details });
}
