/**
 * Leaves out of lines that differ what goes without saying: the contents of
 * files that only one side has, and the settings and parameters of links that
 * only one side has.
 */
export function leaveOutParts(lines: readonly string[]): readonly string[] {
  const alone = new Set(
    lines.flatMap((line) => {
      const [, owner] = /^[-+] (file \S+|link \S+)$/.exec(line) ?? [];
      return owner === undefined ? [] : [`${line[0]} ${owner}: `];
    }),
  );
  return lines.filter((line) => {
    const at = line.indexOf(": ");
    return at < 0 || !alone.has(line.slice(0, at + 2));
  });
}
