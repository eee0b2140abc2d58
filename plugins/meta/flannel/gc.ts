import {
  Attempts,
  type Context,
  type Request,
} from "../../../lib/plugin/mod.ts";
import {
  type JsonObject,
  parseJsonObject,
  validAttachmentsOf,
} from "../../../lib/spec/mod.ts";
import type { StateDir } from "../../../lib/state/mod.ts";
import type { DelegateConfig } from "./delegate_base.ts";
import { formatDelegate } from "./delegate_text.ts";
import { makeDelegate } from "./make_delegate.ts";
import {
  openDataDir,
  parseSaved,
  parseStateFile,
  stateNames,
} from "./state.ts";

/** A saved configuration of the network whose garbage is collected. */
interface Saved {
  readonly fileName: string;
  /** Absent if the id was too long for the file's name. */
  readonly containerId: string | undefined;
  readonly delegate: DelegateConfig;
  readonly text: string;
}

/** What containers' first interface is called, unless someone says otherwise. */
const USUAL_IFNAME = "eth0";

/**
 * Has the delegate detach containers that have no valid attachment to this
 * network any more, forgets what was saved of them, then has the delegate
 * collect its own garbage (CNI 1.1.0, section 2, "GC"). Goes on after an error
 * and throws all of them as one at the end.
 *
 * What is saved tells the container and not the interface. So the usual one is
 * detached, and others are left to the delegate's GC, which gets the list.
 */
export async function collectFlannel(
  request: Request,
  context: Context,
): Promise<void> {
  const valid = validAttachmentsOf(request.config);
  const attempts = new Attempts();
  const dir = openDataDir(request);
  const saved = dir === undefined ? [] : savedOf(request.config.name, dir);
  const names = new Set(
    valid?.list.flatMap(({ containerId }) =>
      stateNames(containerId, request.config.name)
    ),
  );
  const stale = valid === undefined
    ? []
    : saved.filter(({ fileName }) => !names.has(fileName));
  for (const one of stale) {
    const { containerId } = one;
    if (containerId === undefined) continue;
    await attempts.run(async () => {
      await detach({ ...one, containerId }, request, context);
      dir?.remove(one.fileName);
    });
  }
  await attempts.run(async () => {
    await collectDelegate(request, saved, context);
    // Whose they are is not known: the delegate's GC has just freed it.
    for (const { containerId, fileName } of stale) {
      if (containerId === undefined) dir?.remove(fileName);
    }
  });
  attempts.end("Cannot collect all that is stale");
}

/** Configurations of other networks may lie in the same folder: not those. */
function savedOf(network: string, dir: StateDir): readonly Saved[] {
  const isState = (name: string) => parseStateFile(name) !== undefined;
  return [...dir.readAll(isState)].flatMap(([fileName, text]) => {
    const containerId = parseStateFile(fileName)?.containerId;
    const saved = parseSaved(text);
    if (saved?.name !== network) return [];
    const object: JsonObject = JSON.parse(text);
    return [{ fileName, containerId, delegate: { ...object, ...saved }, text }];
  });
}

async function detach(
  { containerId, delegate, text }: Saved & { readonly containerId: string },
  request: Request,
  context: Context,
): Promise<void> {
  await context.delegate(delegate.type, {
    ...request,
    command: "DEL",
    containerId,
    netns: "",
    ifname: USUAL_IFNAME,
    args: "",
    stdin: text,
  }, { role: "main" });
}

async function collectDelegate(
  request: Request,
  saved: readonly Saved[],
  context: Context,
): Promise<void> {
  const delegate = currentDelegate(request, saved);
  const stdin = formatDelegate({
    ...delegate,
    ...runtimeKeys(request),
    cniVersion: request.config.cniVersion,
  });
  await context.delegate(delegate.type, { ...request, stdin }, {
    role: "main",
  });
}

/** Without a subnet file, any saved one tells which plugins there are to call. */
function currentDelegate(
  request: Request,
  [first]: readonly Saved[],
): DelegateConfig {
  try {
    return makeDelegate(request);
  } catch (error) {
    if (first === undefined) throw error;
    return first.delegate;
  }
}

/** The keys by which a runtime says what is valid. */
function runtimeKeys({ stdin }: Request): JsonObject {
  const config = parseJsonObject(stdin, "network configuration");
  return Object.fromEntries(
    Object.entries(config).filter(([key]) => /^cni\.dev\//i.test(key)),
  );
}
