import {
  type ApplyOptions,
  inSandbox,
  reasonOf,
  removeByForce,
} from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { type LinkInput, planDevice } from "./steps.ts";

/**
 * Makes the device by a process that SELinux takes for another.
 *
 * @throws {CniError} Code 999 with the context and the reason.
 */
export async function makeLabelledDevice(
  input: LinkInput,
  { netns, run, undo }: ApplyOptions,
): Promise<void> {
  const { selinuxContext: context = "" } = input.config;
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
    const program = "ip";
    const faults = await removeByForce([removal], { program, run, netns });
    if (faults !== "") throw new Error(faults);
  });
}
