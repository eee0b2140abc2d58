import type { Clause } from "../../suite/mod.ts";

/** The versions of the specification that have lists of plugins. */
export const WITH_LISTS: readonly string[] = [
  ...["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"],
];

/** Those that have CHECK, and a result for DEL. */
export const WITH_CHECK: readonly string[] = ["0.4.0", "1.0.0", "1.1.0"];

/** Those before CHECK. */
export const WITHOUT_CHECK: readonly string[] = ["0.3.0", "0.3.1"];

/** Those that have GC and STATUS. */
export const WITH_GC: readonly string[] = ["1.1.0"];

/** Those before GC and STATUS. */
export const WITHOUT_GC: readonly string[] = [
  ...["0.3.0", "0.3.1", "0.4.0", "1.0.0"],
];

/** The sections that speak to runtimes. */
export const SECTION = {
  format: `CNI 1.1.0, section 1, "Configuration format"`,
  objects: `CNI 1.1.0, section 1, "Plugin configuration objects"`,
  versions: `CNI 1.1.0, section 1, "Version considerations"`,
  overview: `CNI 1.1.0, section 2, "Overview"`,
  del: `CNI 1.1.0, section 2, "DEL"`,
  check: `CNI 1.1.0, section 2, "CHECK"`,
  status: `CNI 1.1.0, section 2, "STATUS"`,
  gc: `CNI 1.1.0, section 2, "GC"`,
  lifecycle: `CNI 1.1.0, section 3, "Lifecycle & Ordering"`,
  parameters: `CNI 1.1.0, section 3, "Attachment Parameters"`,
  adding: `CNI 1.1.0, section 3, "Adding an attachment"`,
  deleting: `CNI 1.1.0, section 3, "Deleting an attachment"`,
  checking: `CNI 1.1.0, section 3, "Checking an attachment"`,
  collecting: `CNI 1.1.0, section 3, "Garbage-collecting a network"`,
  deriving: `CNI 1.1.0, section 3, "Deriving request configuration"`,
  runtimeConfig: `CNI 1.1.0, section 3, "Deriving runtimeConfig"`,
  cnitool: "The command line of cnitool",
} as const;

/** A clause that must be kept. */
export function must(
  section: string,
  requirement: string,
  versions: readonly string[] = WITH_LISTS,
): Clause {
  return { section, level: "MUST", requirement, versions };
}

/** A clause that should be kept. */
export function should(
  section: string,
  requirement: string,
  versions: readonly string[] = WITH_LISTS,
): Clause {
  return { section, level: "SHOULD", requirement, versions };
}
