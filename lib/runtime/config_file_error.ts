import { CniError } from "../spec/mod.ts";

/** What is wrong with a configuration file, which its details name. */
export class ConfigFileError extends CniError {
  /** The file's path; `-` is stdin. */
  readonly file: string;
  /** The same without the file's name. */
  override readonly cause: CniError;

  /**
   * Makes an error.
   *
   * @param cause What is wrong with the content.
   */
  constructor(file: string, cause: CniError) {
    const where = file === "-" ? "stdin" : `file ${file}`;
    const details = cause.details === "" ? where : `${where}: ${cause.details}`;
    super(cause.code, cause.message, { details, cause });
    this.file = file;
    this.cause = cause;
  }
}
