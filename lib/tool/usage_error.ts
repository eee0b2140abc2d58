/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  /** What else to show: a command's usage, or where to find help. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
