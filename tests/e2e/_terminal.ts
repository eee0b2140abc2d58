import { must, run } from "./_run.ts";

/** A terminal in which a program runs. */
export interface Terminal extends AsyncDisposable {
  /** Presses keys, as tmux names them: `Enter`, `Down`, `C-c`. */
  press(...keys: readonly string[]): Promise<void>;
  /** Types a text. */
  type(text: string): Promise<void>;
  /** Waits until the screen shows a text; returns all of the screen. */
  until(text: string): Promise<string>;
}

/** How long a program may take to show something. */
const PATIENCE_MS = 20_000;

/**
 * Runs a program in a terminal of 100 by 60 characters. When it ends, the
 * screen shows its exit status: `[status 0]`.
 *
 * @param prefix What the name of its folder begins with.
 */
export async function openTerminal(
  prefix: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Terminal> {
  const folder = await Deno.makeTempDir({ prefix: `${prefix}-` });
  // A server of its own, since that of one before may be about to end.
  const tmux = ["tmux", "-S", `${folder}/tmux`, "-f", "/dev/null"];
  const id = "test";
  const command = [...words.map(quote), "; echo [status $?]; cat"].join(" ");
  const variables = Object.entries(env).flatMap(([name, value]) => [
    ...["-e", `${name}=${value}`],
  ]);
  await must([
    ...[...tmux, "new-session", "-d", "-s", id, "-x", "100", "-y", "60"],
    ...[...variables, command],
  ]);
  const screen = () => must([...tmux, "capture-pane", "-p", "-t", id]);
  return {
    press: async (...keys) => {
      await must([...tmux, "send-keys", "-t", id, ...keys]);
    },
    type: async (text) => {
      await must([...tmux, "send-keys", "-t", id, "-l", text]);
    },
    until: async (text) => {
      const end = Date.now() + PATIENCE_MS;
      for (;;) {
        const shown = await screen();
        if (shown.includes(text)) return shown;
        if (Date.now() > end) {
          throw new Error(`The screen never shows "${text}":\n${shown}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    [Symbol.asyncDispose]: async () => {
      await run([...tmux, "kill-server"]);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
