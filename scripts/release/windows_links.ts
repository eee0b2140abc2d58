/**
 * The script that makes the applets of the Windows program: hard links, which
 * need no right to make symbolic links and no room. Lines end as Windows has
 * them; `cmd` misreads labels in others.
 *
 * @param program The program's file name.
 * @param applets File names of the applets.
 */
export function windowsLinkScript(
  program: string,
  applets: readonly string[],
): string {
  const lines = [
    "@echo off",
    "rem Makes a hard link to the program, or else a copy, for each applet.",
    'cd /d "%~dp0"',
    ...applets.flatMap((applet) => [
      `if exist ${applet} del ${applet}`,
      `mklink /h ${applet} ${program} >nul 2>nul || copy /b /y ${program} ${applet} >nul || exit /b 1`,
    ]),
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}
