import { type Link, type Step, stepText } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import type { Design } from "../../shared/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { type MacvlanConfig, parseMacvlanConfig } from "./config.ts";
import { chooseLink, designOf } from "./design.ts";

/** The configuration that these keys make. */
export function configWith(
  keys: JsonObject = {},
  call: Partial<Omit<Request, "config">> = {},
): MacvlanConfig {
  return parseMacvlanConfig(requestWith(keys, call));
}

const MASTER: Link = {
  name: "up0",
  index: 3,
  kind: "",
  mac: "02:00:00:00:00:0a",
  mtuBytes: 1500,
  operState: "UP",
  flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
  promiscuity: 0,
  addresses: [],
  alias: "",
};

/** The design of an ADD; what is chosen by chance is known. */
export function designWith(keys: JsonObject = {}): Design {
  const request = requestWith(keys);
  const config = parseMacvlanConfig(request);
  const link = chooseLink(request, { config, facts: MASTER });
  const isChosen = config.mac === undefined && config.mode !== "passthru";
  const mac = isChosen ? "02:00:00:00:00:02" : link.mac;
  return designOf({ ...link, firstName: "veth00000001", mac });
}

/** Steps as text, beginning with where they are done, and ? if they may fail. */
export function textsOf(steps: readonly Step[]): readonly string[] {
  return steps.map((step) => {
    const text = stepText({ ...step, place: "host" }, "");
    const isOptional = step.kind === "sysctl" && step.optional === true;
    return `${step.place}${isOptional ? "?" : ""}: ${text}`;
  });
}
