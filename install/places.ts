import {
  type Flag,
  fullPath,
  type TerminalProcess,
  UsageError,
  type Words,
} from "../terminal/mod.ts";

/** Where an installation puts things. Folders are absolute. */
export interface Places {
  /** Put before every other place, and written nowhere; may be empty. */
  readonly destDir: string;
  /** The folder of the plugins. */
  readonly binDir: string;
  /** What holds `bin` for links, `lib` for the library and the unit. */
  readonly prefix: string;
  /** The configuration to install; empty if there is none. */
  readonly conf: string;
  readonly confDir: string;
}

/** The flag that installs the resident mode. */
export const RESIDENT: Flag = {
  name: "resident",
  summary: "plugins hand their calls to a daemon: see docs/resident.md",
};

/** The flag that leaves out what only people need. */
export const NO_LINKS: Flag = {
  name: "no-links",
  summary: "make no links in the prefix",
};

/**
 * The flags that both applets take: those of an installation undo it, if only
 * the applet's name is changed.
 */
export const INSTALL_FLAGS: readonly Flag[] = [
  RESIDENT,
  NO_LINKS,
  {
    name: "bin-dir",
    value: "DIR",
    summary: "folder of the plugins (/opt/cni/bin)",
  },
  {
    name: "prefix",
    value: "DIR",
    summary:
      "links to cni and cnitool in DIR/bin, files in DIR/lib (/usr/local)",
  },
  {
    name: "conf",
    value: "FILE",
    summary: "a network configuration, which keeps its name",
  },
  {
    name: "conf-dir",
    value: "DIR",
    summary: "folder of the configurations (/etc/cni/net.d)",
  },
  {
    name: "dest-dir",
    value: "DIR",
    summary: "stage into DIR what is to be in these folders later",
  },
];

/**
 * Reads the places from a command line.
 *
 * @throws {UsageError} If one cannot be used.
 */
export function readPlaces(words: Words, process: TerminalProcess): Places {
  const conf = words.value("conf") ?? "";
  if (conf !== "" && !/\.(conflist|conf|json)$/.test(conf)) {
    throw new UsageError(
      `--conf is ${JSON.stringify(conf)}: expected a file that ends in ` +
        ".conflist, .conf or .json, since runtimes read no other",
    );
  }
  const folder = (name: string, absent: string) =>
    checkFolder(name, fullPath(words.value(name) ?? absent, process));
  return {
    destDir: words.has("dest-dir") ? folder("dest-dir", "") : "",
    binDir: folder("bin-dir", "/opt/cni/bin"),
    prefix: folder("prefix", "/usr/local"),
    conf: conf === "" ? "" : fullPath(conf, process),
    confDir: folder("conf-dir", "/etc/cni/net.d"),
  };
}

function checkFolder(name: string, path: string): string {
  // Deno's lists of permissions and the launcher's own lines hold none of these.
  if (/[,'\n]/.test(path)) {
    throw new UsageError(
      `--${name} is ${
        JSON.stringify(path)
      }: expected a path without a comma, ` +
        "an apostrophe or a line break",
    );
  }
  return path.replace(/\/+$/, "");
}
