import {
  type Step,
  type SysctlStep,
  sysctlStep,
} from "../../../lib/linux/mod.ts";
import type { Sysctl } from "./sysctl.ts";

/**
 * The parameters that have the kernel tell neighbours of an interface's new
 * hardware address: by a gratuitous ARP packet, and by an unsolicited neighbour
 * advertisement for each IPv6 address.
 */
export function noticePaths(ifname: string): readonly string[] {
  return [
    `net/ipv4/conf/${ifname}/arp_notify`,
    `net/ipv6/conf/${ifname}/ndisc_notify`,
  ];
}

/** What {@linkcode noticeSteps} follows from. */
export interface NoticeInput {
  readonly ifname: string;
  /** The parameters that the configuration sets. */
  readonly sysctls: readonly Sysctl[];
  /**
   * The values from before by path. A kernel without IPv6 lacks one; absent
   * where nothing is known.
   */
  readonly values: ReadonlyMap<string, string> | undefined;
}

/** Steps around the one that changes the hardware address. */
export interface NoticeSteps {
  readonly before: readonly Step[];
  /** Put back what those before have changed. */
  readonly after: readonly Step[];
}

/** Decides how neighbours learn of a new hardware address. */
export function noticeSteps(
  { ifname, sysctls, values }: NoticeInput,
): NoticeSteps {
  const notices = noticePaths(ifname).map((path) => ({
    path,
    value: sysctls.find((one) => one.path === path)?.value ?? values?.get(path),
  })).filter(({ value }) =>
    value === undefined ? values === undefined : value !== "1"
  );
  return {
    before: notices.map(({ path }) => optional(path, "1")),
    after: notices.flatMap(({ path, value }) =>
      value === undefined ? [] : [optional(path, value)]
    ),
  };
}

/** Where /proc/sys is read-only, neighbours learn in their own time. */
function optional(path: string, value: string): SysctlStep {
  return { ...sysctlStep("sandbox", path, value), optional: true };
}
