import { CniError, type CniErrorOptions } from "../spec/mod.ts";

/** A program of the firewall that has refused what it was given. */
export class FirewallError extends CniError {
  /** The line of the script that it refused; empty if it does not tell. */
  readonly refused: string;

  /** Makes the error; `refused` is as the property. */
  constructor(
    code: number,
    message: string,
    { refused, ...options }: CniErrorOptions & { readonly refused: string },
  ) {
    super(code, message, options);
    this.refused = refused;
  }
}
