import { PROJECT_ROOT } from "../project.ts";
import { compileShim, ownCompiler } from "../shim.ts";
import { readElf } from "./read_elf.ts";
import type { ReleaseTarget } from "./targets.ts";

/** What is to be known of a machine that shims are compiled for. */
interface Machine {
  /** The variable that names its C compiler, with words after it. */
  readonly variable: string;
  /** The compiler as Debian calls it. */
  readonly compiler: string;
  /** The Debian packages that it comes with. */
  readonly packages: string;
  /** `e_machine` in the header of its programs. */
  readonly elfMachine: number;
  /** As Deno calls it. */
  readonly arch: typeof Deno.build.arch;
}

const MACHINES: Readonly<Record<ReleaseTarget["arch"], Machine>> = {
  amd64: {
    variable: "CC_AMD64",
    compiler: "x86_64-linux-gnu-gcc",
    packages: "gcc-x86-64-linux-gnu and libc6-dev-amd64-cross",
    elfMachine: 62,
    arch: "x86_64",
  },
  arm64: {
    variable: "CC_ARM64",
    compiler: "aarch64-linux-gnu-gcc",
    packages: "gcc-aarch64-linux-gnu and libc6-dev-arm64-cross",
    elfMachine: 183,
    arch: "aarch64",
  },
};

/**
 * Compiles the shim for a machine, without any other file that it needs: by
 * the compiler that `CC_AMD64` or `CC_ARM64` names, else by this machine's own
 * or by Debian's for the other.
 *
 * @returns `undefined` if it was compiled, else why it was not, and what to do.
 * @throws {Error} If it does not compile, or is for another machine.
 */
export async function compileReleaseShim(
  arch: ReleaseTarget["arch"],
  { buildId, output }: { readonly buildId: string; readonly output: string },
): Promise<string | undefined> {
  const { variable, elfMachine, packages } = MACHINES[arch];
  const compiler = compilerFor(arch);
  const named = compiler.join(" ");
  if (!await compileShim(PROJECT_ROOT, { buildId, output, compiler })) {
    return `${named} is not installed: install the Debian packages ` +
      `${packages}, or name a compiler by ${variable}`;
  }
  const { machine, isStatic } = readElf(await Deno.readFile(output));
  if (machine === elfMachine && isStatic) return undefined;
  throw new Error(
    `Cannot use ${named} for the shim: expected a static program for ${arch}` +
      `; it made ${isStatic ? "one" : "one that is not static,"} for the ELF ` +
      `machine ${machine}. Name another compiler by ${variable}`,
  );
}

function compilerFor(arch: ReleaseTarget["arch"]): readonly string[] {
  const { variable, compiler, arch: denoArch } = MACHINES[arch];
  const named = (Deno.env.get(variable) ?? "").split(/\s+/)
    .filter((word) => word !== "");
  if (named.length > 0) return named;
  return Deno.build.arch === denoArch ? ownCompiler() : [compiler];
}
