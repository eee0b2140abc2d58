import { type Step, stepText } from "../../../lib/linux/mod.ts";
import type { JsonObject, Result } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parsePtpConfig, type PtpConfig } from "./config.ts";
import type { PlanInput } from "./plan.ts";
import { preparePair, preparePlan } from "./prepare.ts";

const IPAM = { type: "host-local" };

/** The configuration that these keys make, with an IPAM plugin. */
export function configWith(keys: JsonObject = {}): PtpConfig {
  return parsePtpConfig(requestWith({ ipam: IPAM, ...keys }));
}

/** What is chosen by chance, as tests know it. */
export const NAMES = {
  hostName: "veth00000001",
  hostMac: "02:00:00:00:00:01",
  containerMac: "02:00:00:00:00:02",
};

/** The input of a plan, with {@linkcode NAMES} in place of random ones. */
export function inputFor(ipam: Result, keys: JsonObject = {}): PlanInput {
  const request = requestWith({ ipam: IPAM, ...keys });
  const pair = preparePair(request, parsePtpConfig(request));
  return { ...preparePlan(pair, ipam), names: NAMES };
}

/** Steps as text; those that may fail begin with a question mark. */
export function textsOf(steps: readonly Step[]): readonly string[] {
  return steps.map((step) => {
    const isOptional = step.kind === "sysctl" && step.optional;
    const text = stepText({ ...step, place: "host" }, "");
    return isOptional ? `? ${text}` : text;
  });
}
