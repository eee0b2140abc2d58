import {
  type ApplyOptions,
  applySteps,
  type Step,
  UndoStack,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { type NoticeSteps, noticeSteps } from "./announce.ts";
import { hasAttributes, isIdle } from "./config.ts";
import { readFacts, refuseMissing, type TuningFacts } from "./facts_linux.ts";
import {
  attributeSteps,
  type LinkAttributes,
  originalsOf,
} from "./link_attributes.ts";
import { readInput } from "./read_input.ts";
import { tunedResult } from "./result.ts";
import { settleSysctls, sysctlAct, sysctlScript } from "./set_sysctls_linux.ts";
import { openTuningState, parseDataDir, stateFileName } from "./state.ts";

/**
 * Sets kernel parameters and attributes of the interface (CNI 1.1.0, section 2,
 * "ADD"). What fails puts all of them back; where nothing is asked for, nothing
 * is started.
 */
export async function addTuning(
  request: Request,
  { isPlanning, run, undo, apply, act }: Executor,
): Promise<Result> {
  const { config, before } = readInput(request);
  const { sysctls, attributes } = config;
  if (isIdle(config)) return before;
  const { netns, ifname } = request;
  // Before other plugins have acted, there may be no interface to look at.
  const then = sysctlScript(sysctls);
  const facts = isPlanning
    ? UNKNOWN
    : await readFacts(request, config, { run, then });
  refuseMissing(facts);
  const { output, values, link } = facts;
  await act(
    sysctls.map((sysctl) => sysctlAct(sysctl, netns)),
    () => settleSysctls(sysctls, { output, netns, run, undo, values }),
  );
  if (hasAttributes(attributes)) {
    const file = `${parseDataDir(request.config.fields)}/` +
      stateFileName(request);
    await act(
      [{ purpose: `save the values from before in ${file}` }],
      () => saveOriginals(request, attributes, { link: link!, undo }),
    );
    const { before: on, after: back } = attributes.mac === undefined
      ? NO_NOTICES
      : noticeSteps({ ifname, sysctls, values: facts.notices });
    // In any case: a step that fails leaves them on.
    undo.push(() => applyAll(back, { netns, run }));
    const [first, ...rest] = attributeSteps(ifname, attributes, link);
    await apply([...on, first!, ...back, ...rest]);
  }
  return tunedResult(before, request, attributes);
}

const NO_NOTICES: NoticeSteps = { before: [], after: [] };

/** As part of an undo, which has nothing to take back. */
async function applyAll(
  steps: readonly Step[],
  options: Omit<ApplyOptions, "undo">,
): Promise<void> {
  await applySteps(steps, { ...options, undo: new UndoStack() });
}

const UNKNOWN: TuningFacts = {
  output: { status: 0, stdout: "", stderr: "" },
  values: new Map(),
  missing: [],
  folders: [],
};

function saveOriginals(
  request: Request,
  attributes: Partial<LinkAttributes>,
  { link, undo }: { readonly link: LinkAttributes; readonly undo: UndoStack },
): void {
  const state = openTuningState(request, { create: true });
  const saved = state.find(request)?.values ?? {};
  const originals = originalsOf(attributes, link, saved);
  const forget = state.save(request, request.config.name, originals);
  undo.push(() => Promise.resolve(forget()));
}
