import type { Step } from "../../../lib/linux/mod.ts";
import { parseAddress, parseCidr } from "../../../lib/net/mod.ts";
import { type JsonObject, parsePluginConfig } from "../../../lib/spec/mod.ts";
import { parseSbrConfig, type SbrConfig } from "./config.ts";
import { joinRouting, parseRouting, type Routing } from "./routing.ts";
import type { Source } from "./sources.ts";

/** The configuration that these keys make. */
export function configWith(keys: JsonObject = {}): SbrConfig {
  return parseSbrConfig(parsePluginConfig({ name: "net1", ...keys }));
}

/** A source of an address and perhaps its gateway: `10.0.0.5/24 10.0.0.1`. */
export function sourceOf(text: string): Source {
  const [cidr = "", gateway] = text.split(" ");
  return {
    cidr: parseCidr(cidr),
    ...(gateway === undefined ? {} : { gateway: parseAddress(gateway) }),
  };
}

const RULES = "0:\tfrom all lookup 255\n32766:\tfrom all lookup 254\n";

/** Routing of `eth0`, from lines as `ip -N -o` shows them. */
export function routingOf(
  lines4: readonly string[],
  lines6: readonly string[] = [],
): Routing {
  return joinRouting([
    parseRouting(`${RULES}${lines4.join("\n")}\n`, 4, "eth0"),
    parseRouting(`${RULES}${lines6.join("\n")}\n`, 6, "eth0"),
  ]);
}

/** Steps as the lines that are typed. */
export function linesOf(steps: readonly Step[]): readonly string[] {
  return steps.map((step) =>
    step.kind === "ip" ? [step.program, ...step.words].join(" ") : step.key
  );
}

/** What takes steps back, in their order. */
export function undoLinesOf(steps: readonly Step[]): readonly string[] {
  return steps.map((step) =>
    step.kind === "ip" ? step.undo?.join(" ") ?? "" : ""
  );
}
