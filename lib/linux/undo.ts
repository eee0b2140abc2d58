/**
 * What has been done so far and how to take it back. Acts are undone last
 * first; one that fails does not keep the others from being undone.
 */
export class UndoStack {
  readonly #acts: (() => Promise<void>)[] = [];

  /** Remembers how to take back what was just done. */
  push(act: () => Promise<void>): void {
    this.#acts.push(act);
  }

  /**
   * Undoes everything, last first, and forgets it.
   *
   * @returns What went wrong on the way; empty if nothing did.
   */
  async unwind(): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    for (;;) {
      const act = this.#acts.pop();
      if (act === undefined) return failures;
      try {
        await act();
      } catch (failure) {
        failures.push(failure);
      }
    }
  }
}

/**
 * Runs `body`; if it fails, undoes what it has pushed and throws its error.
 *
 * @param body Gets the stack to push to.
 * @param warn Is told about undo acts that failed in their turn.
 */
export async function withUndo<T>(
  body: (undo: UndoStack) => Promise<T>,
  warn: (message: string) => void,
): Promise<T> {
  const undo = new UndoStack();
  try {
    return await body(undo);
  } catch (error) {
    for (const failure of await undo.unwind()) {
      warn(
        `Cannot undo: ${failure instanceof Error ? failure : String(failure)}`,
      );
    }
    throw error;
  }
}
