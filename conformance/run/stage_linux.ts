import {
  type CallRecord,
  Skip,
  type Stage,
  type StageNetns,
  type Subject,
} from "../suite/mod.ts";
import { createStage } from "./create_stage.ts";
import { openHost } from "./host_linux.ts";
import { addPrevious } from "./previous_linux.ts";
import { expand, placeholdersFor } from "./stage_names.ts";

/** What a stage is made for, and how calls are bounded. */
export interface StageOptions {
  readonly subject: Subject;
  readonly version: string;
  /** What no other stage of this time has in its names; drawn when absent. */
  readonly id?: string;
  /** The variable `PATH` of all calls. */
  readonly path: string;
  /** Variables of all calls besides. */
  readonly env?: Readonly<Record<string, string>>;
  /** A program and its words that stays on the host, and that plugins need. */
  readonly daemon?: readonly string[] | undefined;
  /** After which a plugin is ended, in milliseconds. */
  readonly callLimitMs: number;
  /** Ends every call when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** A stage, and what was played on it. */
export interface OpenStage extends AsyncDisposable {
  readonly stage: Stage;
  /** The calls so far, in order. */
  readonly calls: readonly CallRecord[];
}

/** Where stages keep what they share with this program. */
const SCRATCH_ROOT = "/run/cni";

/**
 * Makes a stage; disposing of it removes all that belongs to it. Needs root,
 * and `--allow-read` and `--allow-write` for `/run/cni`.
 *
 * @throws {Skip} If this machine cannot do what the profile sets up.
 * @throws {RequirementError} If the daemon does not start.
 */
export async function openStage(options: StageOptions): Promise<OpenStage> {
  const { subject: { profile }, version, path, env, daemon, signal } = options;
  const id = options.id ?? crypto.randomUUID().slice(0, 8);
  const scratchDir = `${SCRATCH_ROOT}/conformance-${id}`;
  const names = placeholdersFor(id, scratchDir, profile);
  await using cleanup = new AsyncDisposableStack();
  await Deno.mkdir(scratchDir, { recursive: true });
  cleanup.defer(() => Deno.remove(scratchDir, { recursive: true }));
  const host = cleanup.use(await openHost(scratchDir));
  const calls: CallRecord[] = [];
  const stage = createStage({
    ...options,
    names,
    run: host.run,
    runIn: host.runIn,
    record: (call) => void calls.push(call),
    addPrevious: (on, sandbox, number) => {
      const hostName = `vp${id}${number}`;
      return addPrevious(on, sandbox, { hostName, number, version });
    },
  });
  for (const [path, text] of Object.entries(profile?.files ?? {})) {
    await Deno.writeTextFile(expand(path, names), expand(text, names));
  }
  for (const words of profile?.setup ?? []) {
    await setUp(stage.host, expand(words, names));
  }
  if (daemon !== undefined) {
    const words = daemon.map((word) => expand(word, names));
    const variables = { PATH: path, ...env };
    cleanup.use(await host.start({ words, env: variables, signal }));
  }
  const open = cleanup.move();
  return { stage, calls, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

async function setUp(host: StageNetns, words: string): Promise<void> {
  const { status, stderr } = await host.run(["ip", ...words.split(" ")]);
  if (status === 0) return;
  throw new Skip(`the setup "ip ${words}" fails: ${stderr.trim()}`);
}
