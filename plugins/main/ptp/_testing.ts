import { type Step, stepText } from "../../../lib/linux/mod.ts";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import type { Design } from "../../shared/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parsePtpConfig, type PtpConfig } from "./config.ts";
import { choosePair, designOf } from "./design.ts";
import type { PairInput } from "./steps.ts";

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

/** The design of an ADD, with {@linkcode NAMES} in place of random ones. */
export function designWith(
  keys: JsonObject = {},
  more: Partial<PairInput> = {},
): Design {
  const request = requestWith({ ipam: IPAM, ...keys });
  const pair = choosePair(request, { config: parsePtpConfig(request) });
  return designOf({ ...pair, names: NAMES, ...more });
}

/** Steps as text; those that may fail begin with a question mark. */
export function textsOf(steps: readonly Step[]): readonly string[] {
  return steps.map((step) => {
    const isOptional = step.kind === "sysctl" && step.optional;
    const text = stepText({ ...step, place: "host" }, "");
    return isOptional ? `? ${text}` : text;
  });
}
