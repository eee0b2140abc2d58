/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  /** What else to show: a suggestion, a command's usage, where to find help. */
  readonly hint: string;

  constructor(message: string, hint = "") {
    super(message);
    this.hint = hint;
  }
}
