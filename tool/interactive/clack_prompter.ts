import process from "node:process";
import { Cancelled, type Prompter } from "./prompter.ts";

/** What the prompts may know of the environment. */
const VARIABLES = ["TERM", "NO_COLOR"];

/**
 * Makes a prompter for the real terminal.
 *
 * The prompts and Node's terminal functions look at a dozen variables for
 * colours, and each would have to be permitted; instead they are shown two.
 */
export async function clackPrompter(): Promise<Prompter> {
  const env = Object.fromEntries(
    VARIABLES.map((name) => [name, Deno.env.get(name)])
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  Object.defineProperty(process, "env", { value: env, configurable: true });
  const { isCancel, log, select, text } = await import("@clack/prompts");

  return {
    choose: async (message, choices) => {
      // By number, since the library wants plain values.
      const options = choices.map(({ label, hint }, value) => ({
        value,
        label,
        ...(hint === undefined ? {} : { hint }),
      }));
      const index = await select({ message, options });
      if (isCancel(index)) throw new Cancelled();
      return choices[index]!.value;
    },
    ask: async (message, { initial, placeholder, check } = {}) => {
      const answer = await text({
        message,
        ...(initial === undefined ? {} : { initialValue: initial }),
        ...(placeholder === undefined ? {} : { placeholder }),
        ...(check === undefined
          ? {}
          : { validate: (value) => check((value ?? "").trim()) }),
      });
      if (isCancel(answer)) throw new Cancelled();
      // An empty line comes as nothing at all.
      return (answer ?? "").trim();
    },
    tell: (message) => log.message(message),
  };
}
