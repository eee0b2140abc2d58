import type { JsonObject } from "../../lib/spec/mod.ts";
import { type CallRecord, Violation } from "../suite/mod.ts";
import { Probes } from "./probe.ts";
import { PROBE_TYPES, probeResult } from "./probe_results.ts";
import type { RuntimeRun, RuntimeStage, Verb } from "./runtime_stage.ts";
import type { RuntimeSubject } from "./runtime_subject.ts";

/** What {@linkcode createRuntimeStage} makes a stage of. */
export interface RuntimeStageParts {
  readonly subject: RuntimeSubject;
  readonly version: string;
  /** An empty folder of the stage's own; absolute. */
  readonly folder: string;
  /** A name that no other network has. */
  readonly network: string;
  /** Keeps a run for the report. */
  record(run: CallRecord): void;
}

/** The versions that the probes accept. */
const VERSIONS = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];

/** Makes a stage, and writes its network. */
export function createRuntimeStage(parts: RuntimeStageParts): RuntimeStage {
  const { subject, version, folder, network, record } = parts;
  const probes = new Probes(folder, PROBE_TYPES);
  const configFolder = `${folder}/net.d`;
  const list = `${configFolder}/10-${network}.conflist`;
  Deno.mkdirSync(configFolder);
  const run = async (
    verb: Verb,
    env: Readonly<Record<string, string>> = {},
  ): Promise<RuntimeRun> => {
    const variables = {
      NETCONFPATH: configFolder,
      CNI_PATH: probes.bin,
      ...env,
    };
    const args = [verb, network, subject.netns];
    const call = await subject.run(args, variables);
    record(call);
    const calls = probes.takeCalls().filter((one) => one.command !== "VERSION");
    return { record: call, text: call.stdout + call.stderr, calls };
  };
  const stage: RuntimeStage = {
    version,
    network,
    netns: subject.netns,
    ownNetns: subject.ownNetns,
    bin: probes.bin,
    configure: (keys = {}, plugins = {}) =>
      write(list, {
        cniVersion: version,
        name: network,
        plugins: PROBE_TYPES.map((type) => ({ type, ...plugins[type] })),
        ...keys,
      }),
    write: (name, content) => {
      remove(list);
      const path = `${configFolder}/${name}`;
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      write(path, content);
    },
    reply: (type, command, reply) => probes.reply(type, command, reply),
    fail: (type, command, msg = "the probe was told to fail") => {
      const error = { cniVersion: version, code: 117, msg, details: type };
      const stdout = JSON.stringify(error);
      probes.reply(type, command, { stdout, status: 1 });
    },
    remove: (type) => probes.remove(type),
    run,
    mustRun: async (verb, env) => {
      const done = await run(verb, env);
      const { record: { status, timedOut }, text } = done;
      if (timedOut) throw new Violation(`"${verb}" did not end in time`);
      if (status === 0) return done;
      throw new Violation(
        `"${verb}" failed with status ${status}: ${text.trim()}`,
      );
    },
    mustFail: async (verb, env) => {
      const done = await run(verb, env);
      const { record: { status, timedOut } } = done;
      if (timedOut) throw new Violation(`"${verb}" did not end in time`);
      if (status > 128) throw new Violation(`"${verb}" crashed`);
      if (status !== 0) return done;
      throw new Violation(`"${verb}" succeeded where it had to fail`);
    },
  };
  const supportedVersions = VERSIONS;
  for (const [place, type] of PROBE_TYPES.entries()) {
    const result = JSON.stringify(probeResult(version, place));
    probes.reply(type, "ADD", { stdout: result });
    const answer = { cniVersion: "1.1.0", supportedVersions };
    probes.reply(type, "VERSION", { stdout: JSON.stringify(answer) });
  }
  stage.configure();
  return stage;
}

function write(path: string, content: JsonObject): void {
  Deno.writeTextFileSync(path, JSON.stringify(content, null, 2));
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
