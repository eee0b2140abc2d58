/**
 * The end-to-end tests to ask about a file that works on the kernel: those
 * named for one of its folders (`tests/e2e/bridge_…` for `plugins/main/bridge`),
 * and where there are none, a few that go through all that plugins share. What
 * builds the program has tests of what was built.
 *
 * @param files All files of the project, relative to its root.
 * @returns Files of tests; none for a file that is neither a plugin's, nor of
 * `lib/linux`, `lib/firewall` or `scripts`, nor ends in `_linux.ts`.
 */
export function nearestE2e(
  file: string,
  files: readonly string[],
): readonly string[] {
  if (file.startsWith("scripts/")) return files.filter(isOfBuild);
  if (!/^(plugins|lib\/(linux|firewall))\/|_linux\.ts$/.test(file)) return [];
  const folders = file.split("/").slice(0, -1);
  const named = testsNamed(folders, files);
  return named.length > 0 ? named : testsNamed(sharersOf(file), files);
}

/** Whether a test looks at what the last build has made. */
function isOfBuild(file: string): boolean {
  return /^tests\/make_\w+_test\.ts$/.test(file);
}

/** Whose tests go through a file that is shared. */
function sharersOf(file: string): readonly string[] {
  const [, sharers = ["bridge_lifecycle", "portmap_kernel"]] =
    SHARERS.find(([folder]) => file.startsWith(`${folder}/`)) ?? [];
  return sharers;
}

const SHARERS: readonly (readonly [string, readonly string[]])[] = [
  ["lib/firewall", [
    "portmap_kernel",
    "firewall_kernel",
    "ptp_kernel",
    "bridge_lifecycle",
  ]],
  ["lib/linux", ["ptp_kernel", "tuning_kernel", "chain", "bridge_faults"]],
  ["plugins/ipam", ["static", "bridge_lifecycle"]],
  ["plugins/shared/chained", [
    "tuning_kernel",
    "bandwidth_kernel",
    "portmap_kernel",
  ]],
  ["plugins/shared", [
    "ptp_kernel",
    "bridge_lifecycle",
    "macvlan_kernel",
    "tap",
    "tool_plan",
  ]],
];

function testsNamed(
  names: readonly string[],
  files: readonly string[],
): readonly string[] {
  const starts = names.map((name) => `tests/e2e/${name.replaceAll("-", "_")}_`);
  return files.filter((file) =>
    file.endsWith("_kernel_test.ts") &&
    starts.some((start) => file.startsWith(start))
  );
}
