/** The shim's file name. */
export const SHIM = "cni-shim";

/** How the shim is compiled: any warning is an error. */
const FLAGS = [
  ...["-std=c11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror"],
  ...["-pedantic", "-static", "-s"],
];

/**
 * Compiles the shim of the resident mode.
 *
 * @param root The checkout.
 * @param buildId The build that it belongs to.
 * @param output The file to write.
 * @returns Whether there is a C compiler: `CC`, or else `cc`.
 * @throws {Error} If it does not compile.
 */
export async function compileShim(
  root: string,
  { buildId, output }: { readonly buildId: string; readonly output: string },
): Promise<boolean> {
  const compiler = Deno.env.get("CC") || "cc";
  const source = `${root}/shim/${SHIM}.c`;
  const args = [...FLAGS, `-DBUILD_ID="${buildId}"`, source, "-o", output];
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
