import { CniCode, CniError } from "../spec/mod.ts";

/** What a {@linkcode ConfigSyntaxError} says, and where. */
export interface SyntaxFault {
  /** The line, from 1. */
  readonly line: number;
  /** The column in UTF-16 units, from 1. */
  readonly column: number;
  /** What is wrong there: "unexpected net1". */
  readonly reason: string;
}

/** A configuration is not JSON, which is code 6 of the protocol. */
export class ConfigSyntaxError extends CniError implements SyntaxFault {
  /** The line, from 1. */
  readonly line: number;
  /** The column in UTF-16 units, from 1. */
  readonly column: number;
  /** What is wrong there: "unexpected net1". */
  readonly reason: string;

  /**
   * Makes an error.
   *
   * @param prefix How the message begins: "error parsing configuration".
   */
  constructor(
    prefix: string,
    { line, column, reason, cause }: SyntaxFault & { readonly cause: unknown },
  ) {
    const message = `${prefix}: line ${line}, column ${column}: ${reason}`;
    super(CniCode.DecodingFailure, message, { cause });
    [this.line, this.column, this.reason] = [line, column, reason];
  }
}

/** The fault of syntax that led to an error, if one did. */
export function syntaxFaultOf(error: unknown): SyntaxFault | undefined {
  if (error instanceof ConfigSyntaxError) return error;
  return error instanceof Error ? syntaxFaultOf(error.cause) : undefined;
}
