/**
 * All contests, by name.
 *
 * @module
 */
import type { Contest } from "../contest.ts";
import type { Ring } from "../contender.ts";
import { attachmentContests } from "./attachment.ts";
import { chainContests } from "./chain.ts";
import { podmanContests, podsContests } from "./clients.ts";
import { flannelContests } from "./flannel.ts";
import { hostLocalContests } from "./host_local.ts";
import { manyContests } from "./many.ts";
import { residentContests } from "./resident.ts";
import { runtimeContests } from "./runtime.ts";
import { singleContests } from "./single.ts";
import { versionContests } from "./version.ts";

/** Makes contests; what they need is removed with the ring. */
type MakeContests = (
  ring: Ring,
) => readonly Contest[] | Promise<readonly Contest[]>;

/** What can be measured, in the order of the report. */
export const CONTESTS: Readonly<Record<string, MakeContests>> = {
  resident: residentContests,
  version: versionContests,
  attachment: attachmentContests,
  flannel: flannelContests,
  "host-local": hostLocalContests,
  chain: chainContests,
  single: singleContests,
  runtime: runtimeContests,
  many: manyContests,
  pods: (ring) => podsContests(ring, "bridge"),
  "pods-flannel": (ring) => podsContests(ring, "flannel"),
  podman: podmanContests,
};
