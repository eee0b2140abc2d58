import type { Registry } from "../../lib/plugin/mod.ts";
import {
  type ConfigFile,
  ConfigFileError,
  type ConfigWarning,
  type NetworkConfig,
  readNetwork,
} from "../../lib/runtime/mod.ts";
import type { NetworkFiles } from "../../terminal/mod.ts";
import { faultFinding } from "./fault_finding.ts";
import { type Finding, offsetOf } from "./finding.ts";
import {
  hasError,
  validateConfig,
  validateFurther,
} from "./validate_config.ts";

/** A file, and what is wrong with it. */
export interface Validated {
  readonly file: string;
  readonly text: string;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
}

/**
 * Finds what is wrong with the files of a network.
 *
 * @param registry The plugins of this program.
 * @returns The network's own file, and those with further plugins in which
 * something was found.
 */
export async function validateFiles(
  files: NetworkFiles,
  registry: Registry,
): Promise<readonly Validated[]> {
  const { fault, warnings } = load(files);
  const { own, further } = files;
  const text = textOf(own);
  const ownFault = fault?.file === own.file ? fault.cause : undefined;
  const keys = await validateConfig(text, registry, ownFault);
  const others = await Promise.all(further.map(async (one, index) => {
    const isKnown = !hasError(keys);
    const found = await findInFurther(one, { own, index, isKnown, registry });
    return findingsIn(one, { found, warnings });
  }));
  return [
    findingsIn(own, { found: keys, warnings }),
    ...others.filter(({ findings }) => findings.length > 0),
  ];
}

/** What is wrong with a file of a further plugin, whatever else is wrong. */
async function findInFurther(
  one: ConfigFile,
  { own, index, isKnown, registry }: {
    readonly own: ConfigFile;
    /** Whether nothing is wrong with that. */
    readonly isKnown: boolean;
    /** Its place among the files of further plugins. */
    readonly index: number;
    readonly registry: Registry;
  },
): Promise<readonly Finding[]> {
  const { fault, network } = load({ own, further: [one] });
  if (fault?.file === one.file) return [faultFinding(textOf(one), fault.cause)];
  if (network === undefined) return [];
  const isChained = index > 0 || network.plugins.length > 1;
  const place = { network, isKnown, isChained };
  return await validateFurther(textOf(one), registry, place);
}

function load({ own, further }: Pick<NetworkFiles, "own" | "further">): {
  readonly fault?: ConfigFileError;
  readonly network?: NetworkConfig;
  readonly warnings: readonly ConfigWarning[];
} {
  try {
    return readNetwork(own, further);
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    return { fault: error, warnings: [] };
  }
}

/** What was found in a file and warned of there, in the order of its text. */
function findingsIn(
  one: ConfigFile,
  { found, warnings }: {
    readonly found: readonly Finding[];
    readonly warnings: readonly ConfigWarning[];
  },
): Validated {
  const text = textOf(one);
  const warned = warnings.filter(({ file }) => file === one.file)
    .map(({ message, ...place }): Finding => {
      const start = offsetOf(text, place);
      return { severity: "warning", message, start, end: start + 1 };
    });
  const findings = [...warned, ...found].toSorted((a, b) => a.start - b.start);
  return { file: one.file === "-" ? "stdin" : one.file, text, findings };
}

function textOf({ content }: ConfigFile): string {
  return typeof content === "string"
    ? content
    : new TextDecoder().decode(content);
}
