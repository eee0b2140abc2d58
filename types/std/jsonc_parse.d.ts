/** Any value that JSON with comments can hold. */
export type JsonValue =
  | { [key: string]: JsonValue | undefined }
  | JsonValue[]
  | string
  | number
  | boolean
  | null;

/** Parses JSON with comments; throws a `SyntaxError` for anything else. */
export declare function parse(text: string): JsonValue;
