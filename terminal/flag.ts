/** What a word on the command line may be completed to. */
export type Completion = "network" | "netns" | "file" | "command" | "shell";

/** A flag of a command, as data: parsed, explained and completed alike. */
export interface Flag {
  /** Its long name, without dashes. */
  readonly name: string;
  /** Its letter. */
  readonly short?: string;
  /** What stands for its value in the help; absent if it takes none. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly repeats?: boolean;
  /** What its value may be. */
  readonly completes?: Completion;
  /** What it does, in a line. */
  readonly summary: string;
}

/** A word of a command that is no flag. */
export interface Operand {
  /** What stands for it in the help. */
  readonly name: string;
  /** What it may be. */
  readonly completes?: Completion;
  /** Whether all further words are such. */
  readonly repeats?: boolean;
  /** What it is, in a line. */
  readonly summary: string;
}

/** What every command takes. */
export const HELP: Flag = {
  name: "help",
  short: "h",
  summary: "show this help",
};
