import { createHost, type Host } from "./_host.ts";
import { whyNot } from "./_requirements.ts";

/** What a {@linkcode kernelTest} needs besides root and `ip`. */
export interface KernelTestOptions {
  /** Programs, by name or path. */
  readonly needs?: readonly string[];
  /** Says why it cannot run although they are there. */
  readonly unless?: () => string | undefined;
}

/**
 * Registers a test that gets a {@linkcode Host} of its own and must leave
 * nothing behind. Where it cannot run, its title says why.
 */
export function kernelTest(
  title: string,
  body: (host: Host, t: Deno.TestContext) => Promise<void>,
  { needs = [], unless }: KernelTestOptions = {},
): void {
  const reason = whyNot(needs) ?? unless?.();
  Deno.test({
    name: reason === undefined ? title : `${title} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: async (t) => {
      await using host = await createHost();
      await body(host, t);
    },
  });
}
