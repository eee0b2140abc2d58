/** One of several answers. */
export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  /** What there is to know about it. */
  readonly hint?: string;
}

/** How a text is asked for. */
export interface TextOptions {
  /** What stands there to begin with. */
  readonly initial?: string;
  /** What is shown as long as there is nothing. */
  readonly placeholder?: string;
  /** Why a text will not do; `undefined` if it does. */
  readonly check?: (text: string) => string | undefined;
}

/** Asks a person at a terminal. Every method throws {@linkcode Cancelled}. */
export interface Prompter {
  /** Has someone choose. */
  choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T>;
  /** Has someone write a line. */
  ask(question: string, options?: TextOptions): Promise<string>;
  /** Tells something in between. */
  tell(text: string): void;
}

/** Someone has had enough: Ctrl-C, or Escape. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";

  constructor() {
    super("cancelled: nothing was changed");
  }
}
