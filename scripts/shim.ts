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
}

/**
 * Compiles the shim of the resident mode.
 *
 * @param root The checkout.
 * @returns Whether there is a C compiler: `CC`, or else `cc`.
 * @throws {Error} If it does not compile.
 */
export async function compileShim(
  root: string,
  { buildId, output, flags = RELEASE_FLAGS }: ShimParts,
): Promise<boolean> {
  const compiler = Deno.env.get("CC") || "cc";
  const source = `${root}/shim/${SHIM}.c`;
  const id = `-DBUILD_ID="${buildId}"`;
  const args = [...FLAGS, ...flags, id, source, "-o", output];
  try {
    const { success, stderr } = await new Deno.Command(compiler, { args })
      .output();
    if (success) return true;
    throw new Error(
      `Cannot compile ${source}\n${new TextDecoder().decode(stderr)}`,
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
