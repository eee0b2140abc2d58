/**
 * Whether a path matches one of the globs, of which only `*` (within a folder)
 * and `**` (in any folders) are known. One that begins with `!` leaves out what
 * it matches.
 */
export function matchesGlobs(
  path: string,
  globs: readonly string[],
): boolean {
  const isMatch = (glob: string) => patternOf(glob).test(path);
  const [refused, wanted] = [
    globs.filter((glob) => glob.startsWith("!")),
    globs.filter((glob) => !glob.startsWith("!")),
  ];
  return wanted.some(isMatch) &&
    !refused.some((glob) => isMatch(glob.slice(1)));
}

function patternOf(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*\/|\*+|[.+?^${}()|[\]\\]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part.startsWith("**")) return ".*";
    return part === "*" ? "[^/]*" : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
