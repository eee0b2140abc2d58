import {
  type ApplyOptions,
  applySteps,
  inSandbox,
  reasonOf,
  removeByForce,
} from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { type LinkInput, planAttributes, planDevice } from "./plan.ts";

/**
 * Makes the device with all but its addresses.
 *
 * @throws {CniError} Code 999, naming the step that failed and the reason.
 */
export async function makeDevice(
  input: LinkInput,
  options: ApplyOptions,
): Promise<void> {
  const { selinuxContext } = input.config;
  if (selinuxContext === undefined) {
    const steps = [planDevice(input), ...planAttributes(input)];
    await applySteps(steps, options);
    return;
  }
  await makeLabelled(input, selinuxContext, options);
  await applySteps(planAttributes(input), options);
}

/** A device is labelled by the process that makes it. */
async function makeLabelled(
  input: LinkInput,
  context: string,
  { netns, run, undo }: ApplyOptions,
): Promise<void> {
  const { words, purpose, undo: removal = [] } = planDevice(input);
  const args = [context, "ip", ...words];
  const { status, stderr } = await run(
    inSandbox({ program: "runcon", args }, netns),
  );
  if (status !== 0) {
    throw new CniError(CniCode.Internal, `Cannot ${purpose}`, {
      details: `selinuxContext is "${context}": ${reasonOf(stderr)}`,
    });
  }
  undo.push(async () => {
    const faults = await removeByForce([removal], {
      program: "ip",
      run,
      netns,
    });
    if (faults !== "") throw new Error(faults);
  });
}

/** What makes the device, as a person would type it. */
export function deviceText(input: LinkInput): string {
  const { selinuxContext } = input.config;
  const command = ["ip", ...planDevice(input).words].join(" ");
  return selinuxContext === undefined
    ? command
    : `runcon ${selinuxContext} ${command}`;
}
