/** The shim's file name. */
export const SHIM = "cni-shim";

/** How the shim is compiled: any warning is an error. */
const FLAGS = [
  ...["-std=c11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror"],
  "-pedantic",
];

/** It is started for every call, anywhere: it needs no other file. */
const RELEASE_FLAGS = ["-static", "-s"];

/** What a shim is made of. */
export interface ShimParts {
  /** The build that it belongs to. */
  readonly buildId: string;
  /** The file to write. */
  readonly output: string;
  /** Flags of the compiler in place of those for a release. */
  readonly flags?: readonly string[];
  /** The compiler: a program and its words. Default: `CC`, or else `cc`. */
  readonly compiler?: readonly string[];
}

/**
 * Compiles the shim of the resident mode.
 *
 * @param root The checkout.
 * @returns Whether the C compiler is installed.
 * @throws {Error} If it does not compile.
 */
export async function compileShim(
  root: string,
  { buildId, output, flags = RELEASE_FLAGS, compiler = ownCompiler() }:
    ShimParts,
): Promise<boolean> {
  const [program = "", ...words] = compiler;
  const source = `${root}/shim/${SHIM}.c`;
  const id = `-DBUILD_ID="${buildId}"`;
  const args = [...words, ...FLAGS, ...flags, id, source, "-o", output];
  try {
    const { success, stderr } = await new Deno.Command(program, { args })
      .output();
    if (success) return true;
    throw new Error(
      `Cannot compile ${source} by ${compiler.join(" ")}\n` +
        new TextDecoder().decode(stderr),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The C compiler for this machine. */
export function ownCompiler(): readonly string[] {
  return [Deno.env.get("CC") || "cc"];
}
