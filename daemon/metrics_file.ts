/** How often the file is written, in milliseconds. */
const INTERVAL_MS = 10_000;

/**
 * Keeps a file of metrics current, for node_exporter's textfile collector: it
 * is replaced in one step, and only if something has changed.
 *
 * @param read Makes the text.
 * @param onFailure Is told once that the file cannot be written.
 * @returns Writes it a last time, and stops.
 * @throws {Error} If it cannot be written at all.
 */
export async function keepMetricsFile(
  path: string,
  read: () => string,
  onFailure: (error: unknown) => void,
): Promise<() => Promise<void>> {
  let written: string | undefined;
  let hasFailed = false;
  const write = async () => {
    const text = read();
    if (text === written) return;
    await Deno.writeTextFile(`${path}.new`, text, { mode: 0o644 });
    await Deno.rename(`${path}.new`, path);
    written = text;
  };
  const tryWrite = async () => {
    try {
      await write();
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) onFailure(error);
      hasFailed = true;
    }
  };
  await write();
  const timer = setInterval(() => void tryWrite(), INTERVAL_MS);
  return async () => {
    clearInterval(timer);
    await tryWrite();
  };
}
