/** A command line that cannot be understood. */
export class UsageError extends Error {
  /** The class, for messages. */
  override readonly name = "UsageError";

  /** What else to show: a suggestion, a command's usage, where to find help. */
  readonly hint: string;

  /** Makes the error for what is wrong, with a hint that ends in a newline. */
  constructor(message: string, hint = "") {
    super(message);
    this.hint = hint;
  }
}
