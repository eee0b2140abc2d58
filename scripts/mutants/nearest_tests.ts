/**
 * The tests to ask about a file, those that know it best first: those beside
 * it, of its folder and below, of the folders around up to its part of the
 * project (`lib/net`, `tool`), and what tests that part from outside.
 *
 * @param files All files of the project, relative to its root.
 * @returns Lists of files for one run each, none of them empty; a test is in
 * one only.
 */
export function nearestTests(
  file: string,
  files: readonly string[],
): readonly (readonly string[])[] {
  const tests = files.filter((one) => one.endsWith("_test.ts"));
  const own = file.replace(/\.ts$/, "_test.ts");
  const kernel = file.replace(/(_linux)?\.ts$/, "_kernel_test.ts");
  const rings = [
    (test: string) => test === own || test === kernel,
    ...foldersOf(file).map((folder) => (test: string) =>
      test.startsWith(`${folder}/`)
    ),
    (test: string) =>
      foldersOf(file).some((folder) =>
        OUTSIDE[folder]?.some((start) => test.startsWith(start))
      ),
  ];
  const seen = new Set<string>();
  return rings.map((isIn) => {
    const ring = tests.filter((test) => isIn(test) && !seen.has(test));
    for (const test of ring) seen.add(test);
    return ring;
  }).filter((ring) => ring.length > 0);
}

/** Tests of a folder that lie elsewhere and take seconds: files, folders. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  "conformance": ["tests/conformance/docs_test.ts"],
  "conformance/cases/chained": [
    "tests/conformance/chained_mutants_kernel_test.ts",
  ],
  "conformance/cases/interface": [
    "tests/conformance/interface_mutants_kernel_test.ts",
  ],
  "conformance/cases/ipam": ["tests/conformance/ipam_mutants_kernel_test.ts"],
  "conformance/cases/steps": ["tests/conformance/ipam_mutants_kernel_test.ts"],
  "plugins/shared": ["plugins/main/"],
  install: ["tests/install_permissions_test.ts"],
  scripts: [
    "tests/compile_test.ts",
    "tests/install_permissions_test.ts",
    "tests/key_tables_test.ts",
    "tests/run_tests_test.ts",
    "tests/schema_test.ts",
  ],
  tool: ["tests/completion_test.ts", "tests/schema_test.ts"],
};

/**
 * The part of the project that a file belongs to: `lib/net`, `plugins/main/tap`,
 * `tool`.
 */
export function partOf(file: string): string {
  const folders = file.split("/").slice(0, -1);
  const depths: Readonly<Record<string, number>> = { lib: 2, plugins: 3 };
  const depth = file.startsWith("plugins/shared/")
    ? 2
    : depths[folders[0] ?? ""] ?? 1;
  return folders.slice(0, depth).join("/");
}

/** The folders around a file, the innermost first, up to its part's. */
function foldersOf(file: string): readonly string[] {
  const part = partOf(file);
  const folders: string[] = [];
  let folder = file;
  do {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    folders.push(folder);
  } while (folder.length > part.length);
  return folders;
}
