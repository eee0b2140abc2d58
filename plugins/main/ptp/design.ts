import { linkAlias } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { type Design, randomLinkName } from "../../shared/mod.ts";
import type { PtpConfig } from "./config.ts";
import { hopsOf } from "./routing.ts";
import {
  type PairInput,
  planHost,
  planPair,
  planReady,
  planSandbox,
} from "./steps.ts";

/** Decides what an ADD does. */
export function designPtp(
  request: Request,
  known: { readonly config: PtpConfig },
): Design {
  return designOf(choosePair(request, known));
}

/** Puts together what the steps follow from that need no addresses. */
export function choosePair(
  { netns, ifname, containerId, config: { name: network } }: Request,
  { config }: { readonly config: PtpConfig },
): PairInput {
  return {
    config,
    names: {
      hostName: randomLinkName(),
      hostMac: randomMac(),
      containerMac: randomMac(),
    },
    netns,
    ifname,
    alias: linkAlias({ network, containerId, ifname }),
  };
}

/** As {@linkcode designPtp}, with all names chosen. */
export function designOf(pair: PairInput): Design {
  const { netns, ifname, names: { hostName, hostMac, containerMac } } = pair;
  return {
    link: planPair(pair),
    interfaces: [
      { name: hostName, mac: hostMac },
      { name: ifname, mac: containerMac, sandbox: netns },
    ],
    ready: planReady(pair),
    finish: (addressing, { isReady } = {}) => {
      const hops = hopsOf(addressing?.ips ?? []);
      return {
        host: planHost(pair, hops),
        sandbox: planSandbox(pair, { addressing, hops, isReady }),
      };
    },
    awaited: { name: hostName, what: "veth" },
  };
}
