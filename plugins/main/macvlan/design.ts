import type { Link } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Design, Known } from "../../shared/mod.ts";
import type { MacvlanConfig } from "./config.ts";
import { firstNameOf } from "./first_name.ts";
import { type LinkInput, planLink, planReady, planSandbox } from "./steps.ts";

/** Decides what an ADD does. */
export function designMacvlan(
  request: Request,
  known: Known<MacvlanConfig, Link>,
): Design {
  return designOf(chooseLink(request, known));
}

/** Puts together what the steps follow from that need no addresses. */
export function chooseLink(
  request: Request,
  { config, facts: master }: Known<MacvlanConfig, Link>,
): LinkInput {
  const { netns, ifname } = request;
  const firstName = firstNameOf(request);
  const own = config.mode === "passthru" ? master.mac : randomMac();
  const mac = config.mac ?? own;
  return { config, master, firstName, mac, netns, ifname };
}

/** As {@linkcode designMacvlan}, with all names chosen. */
export function designOf(input: LinkInput): Design {
  const { master, mac, netns, ifname } = input;
  return {
    link: [planLink(input)],
    mtuBytes: input.config.mtuBytes || master.mtuBytes,
    interfaces: [{ name: ifname, mac, sandbox: netns }],
    ready: planReady(input),
    finish: (addressing, options) => ({
      sandbox: planSandbox(input, { addressing, ...options }),
    }),
    detection: { remedy: `look at what "${master.name}" is connected to` },
  };
}
