import { flagRows } from "../terminal/mod.ts";
import { INSTALL_FLAGS } from "./places.ts";

/** The help of `cni install` or `cni uninstall`. */
export function installHelp(applet: "install" | "uninstall"): string {
  return `${WHAT[applet]}

Usage:
  cni ${applet} [flags]

Flags:
${flagRows(INSTALL_FLAGS, 4)}`;
}

const WHAT = {
  install:
    `Put this program in place, under its own name and that of each plugin.

The new program is tried before it replaces the old one, each file is replaced
in one step, and the configuration comes last. Other programs' plugins of the
same names are kept.`,
  uninstall:
    `Take away what install has put in place, and put back what it replaced.`,
} as const;
