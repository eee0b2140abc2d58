/**
 * Runs the long forms of the resident mode's tests, and shows their figures:
 * `make soak`, with other sizes by `ARGS='--calls 2000 --kills 30'`.
 *
 * @module
 */
import { PROJECT_ROOT } from "./project.ts";

/** The sizes that the tests are given, by flag. */
const SIZES = {
  "--calls": ["CNI_SOAK_CALLS", 20_000],
  "--kills": ["CNI_SOAK_KILLS", 300],
  "--takeovers": ["CNI_SOAK_TAKEOVERS", 50],
} as const;

const FILES = ["daemon", "daemon_commit", "daemon_locks", "daemon_soak"];

/** Reads the sizes, as variables; throws for words that are none. */
function readSizes(words: readonly string[]): Record<string, string> {
  const sizes = Object.fromEntries(
    Object.values(SIZES).map(([name, size]) => [name, `${size}`]),
  );
  for (let i = 0; i < words.length; i += 2) {
    const [flag = "", value = ""] = words.slice(i);
    const known = Object.entries(SIZES).find(([name]) => name === flag);
    if (known === undefined || !/^[1-9]\d*$/.test(value)) {
      const flags = Object.keys(SIZES).join(" N, ");
      throw new Error(`Cannot use "${flag} ${value}": expected ${flags} N`);
    }
    sizes[known[1][0]] = value;
  }
  return sizes;
}

if (import.meta.main) {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--allow-all"],
      ...FILES.map((name) => `tests/e2e/${name}_kernel_test.ts`),
    ],
    cwd: PROJECT_ROOT,
    env: { ...readSizes(Deno.args), DENO_NO_UPDATE_CHECK: "1" },
  }).spawn().status;
  Deno.exit(code);
}
