import {
  type Output,
  OWN_NAMESPACE,
  ownNamespaceError,
  ownNamespaceTest,
  ProgramMissingError,
  reasonOf,
  requireSandbox,
  type Run,
  runCommand,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { noticePaths } from "./announce.ts";
import { hasAttributes, type TuningConfig } from "./config.ts";
import { type LinkAttributes, parseLinkAttributes } from "./link_attributes.ts";
import { SET_FAILED } from "./set_sysctls_linux.ts";
import type { Sysctl } from "./sysctl.ts";

/** What is in the container before anything is changed. */
export interface TuningFacts {
  /** How the shell that has read them has ended. */
  readonly output: Output;
  /** Values of parameters by path; one that can only be written has none. */
  readonly values: ReadonlyMap<string, string>;
  /** The parameters that the namespace does not have. */
  readonly missing: readonly Sysctl[];
  /** Those that are no parameters, but folders of some. */
  readonly folders: readonly Sysctl[];
  /** The interface; read only if it is to be changed. */
  readonly link?: LinkAttributes;
  /**
   * Values of the parameters that tell neighbours, by path; read only if the
   * hardware address is to be changed.
   */
  readonly notices?: ReadonlyMap<string, string>;
}

/** How {@linkcode readFacts} is to go about it. */
export interface ReadFactsOptions {
  /** Runs the command. */
  readonly run: Run;
  /**
   * Lines of a script that follow in the same shell where no parameter is
   * missing: starting another one takes as long as all of it.
   */
  readonly then?: string;
}

/**
 * Reads what a configuration is about, by one shell: `ip` and `grep` are all
 * that is started besides.
 *
 * @throws {CniError} Code 8 if there is no namespace or it is the plugin's own,
 * code 999 if there is no such interface.
 */
export async function readFacts(
  request: Request,
  config: TuningConfig,
  { run, then = "" }: ReadFactsOptions,
): Promise<TuningFacts> {
  const { netns, netnsOverride: override, ifname } = request;
  const stdin = factsScript(request, config) + then;
  const output = await run({
    ...{ program: "sh", args: ["-s"], stdin, netns },
    isReading: then === "",
  });
  const { status, stderr } = output;
  if (status === OWN_NAMESPACE) throw ownNamespaceError(netns);
  if (status === NO_GREP) throw new ProgramMissingError("grep", stderr);
  if (status === NO_LINK) throw linkError(ifname, stderr);
  if (status !== 0 && status !== SET_FAILED) {
    // The longer way tells what is wrong.
    await requireSandbox(netns, { run: runCommand, override });
    throw new CniError(CniCode.Internal, "Cannot look into the container", {
      details: reasonOf(stderr) || `exit status ${status}`,
    });
  }
  const [missing = "", values = "", link = "", notices = ""] = output.stdout
    .split(`${MARK}\n`);
  return {
    output,
    values: parseValues(values),
    missing: sysctlsIn(missing, ABSENT, config),
    folders: sysctlsIn(missing, FOLDER, config),
    ...(hasAttributes(config.attributes)
      ? { link: parseLinkAttributes(link), notices: parseValues(notices) }
      : {}),
  };
}

/** What the script says, before an index, of what cannot be set. */
const ABSENT = "absent";
const FOLDER = "folder";

function sysctlsIn(
  text: string,
  kind: string,
  { sysctls }: TuningConfig,
): readonly Sysctl[] {
  return linesOf(text).map((line) => line.split(" "))
    .filter(([word]) => word === kind)
    .map(([, index]) => sysctls[Number(index)]!);
}

const NO_LINK = 81;
const NO_GREP = 82;
const MARK = "@@";
const ROOT = "/proc/sys/";

/**
 * The script that reads. `grep`, as it reads each file at once: the kernel
 * gives no second part of a parameter, so the shell's own `read` gets one
 * character.
 */
function factsScript(
  { ifname, netnsOverride }: Request,
  { sysctls, attributes }: TuningConfig,
): string {
  const files = sysctls.map(({ path }) => `'${ROOT}${path}'`);
  const lines = [
    ownNamespaceTest(netnsOverride),
    "fault=",
    ...files.map((file, index) =>
      `[ -e ${file} ] || { echo ${ABSENT} ${index}; fault=1; }\n` +
      `[ ! -d ${file} ] || { echo ${FOLDER} ${index}; fault=1; }`
    ),
    `echo ${MARK}`,
    ...(files.length === 0 ? [] : [
      `grep -H '' ${files.join(" ")} 2>/dev/null`,
      `[ $? != 127 ] || exit ${NO_GREP}`,
    ]),
    `echo ${MARK}`,
    ...(hasAttributes(attributes)
      ? [`ip -j -d link show dev '${ifname}' || exit ${NO_LINK}`]
      : []),
    `echo ${MARK}`,
    ...(attributes.mac === undefined
      ? []
      : noticePaths(ifname).map((path) => readLine(`${ROOT}${path}`))),
    '[ -z "$fault" ] || exit 0',
  ];
  return lines.join("\n") + "\n";
}

/**
 * A value of one character, which the shell can read by itself. The status of
 * `read` says nothing: it finds no end of the line.
 */
function readLine(file: string): string {
  return `now=; { read -r now <'${file}'; } 2>/dev/null; ` +
    `[ -z "$now" ] || echo '${file}':"$now"`;
}

function parseValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(text)) {
    const [, path, value] = /^\/proc\/sys\/([^:]+):(.*)$/.exec(line) ?? [];
    if (path === undefined || value === undefined) continue;
    const before = values.get(path);
    values.set(path, before === undefined ? value : `${before}\n${value}`);
  }
  return values;
}

/**
 * Refuses what is no parameter of the namespace.
 *
 * @throws {CniError} Code 7.
 */
export function refuseMissing({ missing, folders }: TuningFacts): void {
  refuse(
    missing,
    "which the container's network namespace does not have: mend the name, " +
      "load the kernel's module that brings it, or set it for the whole host " +
      "by other means",
  );
  refuse(
    folders,
    "which is a folder of parameters: name one of them, such as " +
      "net.core.somaxconn",
  );
}

function refuse(sysctls: readonly Sysctl[], why: string): void {
  if (sysctls.length === 0) return;
  const names = sysctls.map(({ name }) => `"${name}"`).join(", ");
  throw new CniError(CniCode.InvalidConfig, "Cannot use a kernel parameter", {
    details: `sysctl names ${names}, ${why}`,
  });
}

function linkError(ifname: string, stderr: string): CniError {
  if (/\bip: .*not found/.test(stderr)) {
    return new ProgramMissingError("ip", stderr);
  }
  return new CniError(CniCode.Internal, `Cannot read interface "${ifname}"`, {
    details: `${reasonOf(stderr)}: CNI_IFNAME must be the name of an ` +
      "interface that a plugin before this one has made",
  });
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
